// Package transform changes texts step by step on their way from a report to Salesforce, or from a record to the key
// that it is found by.
//
// Users write a chain as a list such as ["trim", "strip_prefix:acme_", "sha256_base64"]. [Parse] reads it once, and
// [Chain.Apply] then sends each text through the steps in their order. Every step is a pure function of its text, so
// that the same cell gives the same key in each run and on each machine, and an empty text leaves every step as empty
// as it came: a hash of nothing would be a key that all rows without one share.
package transform
