/**
 * The outer form of every answer: envelopes, error codes, request ids, and how a JSON
 * body is read.
 */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.surveycoder.jobs.http;

import org.jspecify.annotations.NullMarked;

import org.springframework.modulith.ApplicationModule;
