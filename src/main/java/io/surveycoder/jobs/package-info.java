@NullMarked
package io.surveycoder.jobs;

import org.jspecify.annotations.NullMarked;
