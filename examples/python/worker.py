"""A worker for the jobs API, to copy (Python 3.9 or newer, nothing to install): your code goes into work()."""
import json
import logging
import os
import random
import signal
import socket
import sys
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

URL = urlsplit(os.environ.get("JOBS_URL") or "http://localhost:8080")
KEY = os.environ.get("JOBS_API_KEY") or sys.exit("JOBS_API_KEY is missing: set it to a key with scope service")
NAME = os.environ.get("WORKER_NAME") or f"{socket.gethostname()[:80]}-{os.getpid()}"
LEASE_SECONDS = 60
PROGRESS_SECONDS = 1  # at most a third of the lease, so that a report may come late
stopping = abortable = False  # told to stop; the call at hand ends at once when we are told to stop


def work(job, report):
    """YOUR CODE GOES HERE. Returns the result, a dict; an exception fails the attempt.

    Call report(items done so far) before each item: it renews the lease, and ends the work if it must.
    """
    if job["payload"].get("fail"):
        raise ValueError("the payload asks for it")
    for done in range(job["total"]):
        report(done)
        time.sleep(job["payload"].get("seconds_per_item", 0.1))
    return {"responses_coded": job["total"]}


class Stopped(BaseException): ...  # told to stop; no Exception, so that what work() catches lets it pass
class Lost(BaseException): ...  # the job is no longer ours
class Refused(Exception): ...  # the service said no, and would say so again


def run(job):
    path, token, renewed = f"/{job['id']}/", job["lease_token"], time.monotonic()

    def report(processed):
        nonlocal renewed
        if stopping:
            raise Stopped("told to stop")
        if time.monotonic() - renewed >= PROGRESS_SECONDS:  # not for each of a million items
            post(path + "progress", lease_token=token, processed=processed)
            renewed = time.monotonic()

    def end(verb, **members):
        post(path + verb, until=renewed + LEASE_SECONDS, lease_token=token, **members)
        logging.info("%s %s accepted %s", job["id"], verb, members.get("error", ""))

    logging.info("%s claimed: %s, attempt %d, total %d", job["id"], job["type"], job["attempt"], job["total"])
    try:
        try:
            report(0)  # a job that came although we stop goes back at once
            end("complete", result=work(job, report))
        except Stopped:
            end("release")
        except Exception as error:
            end("fail", error={"code": "WORK_FAILED", "message": repr(error)[:1000]}, retry=True)
    except (Lost, Refused, Stopped) as error:
        logging.info("%s dropped: %s", job["id"], error)


def post(path, until=0.0, **body):
    """Repeats the call until it is answered; when told to stop, no longer than until that time."""
    global abortable
    data, problem, pause, backoff = json.dumps(body), "told to stop", 0.0, 0.5
    headers = {"x-api-key": KEY, "Content-Type": "application/json"}
    while True:
        connection = (HTTPSConnection if URL.scheme == "https" else HTTPConnection)(URL.netloc, timeout=30)
        try:
            abortable = not until
            if stopping and time.monotonic() >= until:
                raise Stopped(problem)
            if pause:
                logging.warning("%s again in %.1f s: %s", path, pause, problem)
                time.sleep(pause)
            connection.request("POST", f"{URL.path.rstrip('/')}/internal/v1/jobs{path}", data, headers)
            answer = connection.getresponse()
            abortable = False  # what comes now may be a job, which must not get lost
            text, wanted = answer.read().decode(), answer.getheader("Retry-After", "")
            if answer.status < 300:
                return json.loads(text)["data"]
            problem = f"{answer.status} {text}"
            if answer.status < 500 and answer.status != 429:
                raise (Lost if answer.status in (404, 409) else Refused)(problem)
        except (OSError, HTTPException, ValueError) as error:
            problem, wanted = repr(error), ""
        finally:
            connection.close()
        pause = (int(wanted) if wanted.isdecimal() else 0) + random.uniform(0.5, 1) * backoff
        backoff = min(2 * backoff, 15)


def stop(_number, _frame):
    global stopping
    again, stopping = stopping, True
    if abortable and not again:
        raise Stopped("told to stop")  # closes the connection, so that nothing is leased to it


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    claim = {"worker": NAME, "wait_seconds": 20, "limit": 1, "lease_seconds": LEASE_SECONDS}
    if os.environ.get("JOBS_TYPES"):
        claim["types"] = os.environ["JOBS_TYPES"].replace(" ", "").split(",")
    try:
        while not stopping:
            for claimed in post("/claim", **claim):
                run(claimed)
    except Stopped:
        logging.info("stopped")
    except (Lost, Refused) as refusal:
        sys.exit(f"The claim was refused: {refusal}")
