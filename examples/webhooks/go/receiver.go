// Receives webhooks of the jobs API; docs/webhooks.md says why it does what it does.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const tolerance = 300 // seconds

// verify checks webhook-signature. It returns what to drop repeats by; not ok: refuse it.
func verify(secret string, headers http.Header, body []byte) (id string, ok bool) {
	id = headers.Get("webhook-id")
	timestamp := headers.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if now := time.Now().Unix(); err != nil || seconds < now-tolerance || seconds > now+tolerance {
		return "", false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return "", false
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	for _, sent := range strings.Split(headers.Get("webhook-signature"), " ") {
		ok = hmac.Equal([]byte(expected), []byte(sent)) || ok
	}
	return id, ok
}

// verifyXSignature checks X-Signature. It returns what to drop repeats by; not ok: refuse it.
func verifyXSignature(secret string, headers http.Header, body []byte) (id string, ok bool) {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	return expected, hmac.Equal([]byte(expected), []byte(headers.Get("X-Signature")))
}

const longest = 1 << 20 // bytes of a body

// Yours is a table with a unique column, written in the transaction that does the work.
var seen sync.Map

// handle is your code. Quickly: put it into a queue of your own, work later.
func handle(body []byte) {
	var event struct {
		Event string `json:"event"`
		JobID string `json:"job_id"`
	}
	if json.Unmarshal(body, &event) == nil {
		fmt.Println(event.Event, event.JobID)
	}
}

func receive(request *http.Request, secret string) int {
	// The bytes as they came: parsed and written again they may differ.
	body, err := io.ReadAll(io.LimitReader(request.Body, longest+1))
	if err != nil {
		return http.StatusBadRequest
	}
	if len(body) > longest {
		return http.StatusRequestEntityTooLarge
	}
	check := verify
	if request.URL.Path == "/x-signature" {
		check = verifyXSignature
	}
	id, ok := check(secret, request.Header, body)
	if !ok {
		return http.StatusUnauthorized
	}
	if _, repeated := seen.Load(id); !repeated {
		handle(body)
		seen.Store(id, true)
	}
	return http.StatusNoContent
}

func main() {
	secret := os.Getenv("WEBHOOK_SECRET")
	if secret == "" {
		log.Fatal("WEBHOOK_SECRET is missing")
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "4000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		writer.WriteHeader(receive(request, secret))
	})))
}
