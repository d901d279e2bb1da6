// Package sferr holds Salesforce's error codes with the wording of their
// messages, so that one refusal reads the same in a REST body, in a row of a
// collection and in a Bulk result file.
package sferr

import (
	"fmt"
	"strings"
)

// Error is one refusal: the code a client decides on, the message a person
// reads, and the API names of the fields to blame. A nil Fields is left out of
// top-level bodies, an empty one is printed as [] (both are recorded shapes).
type Error struct {
	Code    string
	Message string
	Fields  []string

	Duplicates *Duplicates // of DUPLICATES_DETECTED alone
}

// Duplicates says what a duplicate rule found, for the member duplicateResult
// (duplicateResut on single rows) of the answer.
type Duplicates struct {
	AllowSave bool     // the rule only alerts: the same row passes with allowSave=true
	Rule      string   // the rule's name
	Entity    string   // API name of the object
	Records   []string // ids of the records found, 18 characters, oldest first
}

// New returns an error that names no field and prints no "fields" key.
func New(code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// On returns an error that blames the named fields; with none it prints an
// empty list.
func On(fields []string, code, format string, args ...any) *Error {
	if fields == nil {
		fields = []string{}
	}
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Fields: fields}
}

// Error gives code and message, for Go callers of the in-process API.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Bulk prints the error as column sf__Error of a failedResults file has it:
// CODE:message:fields -- or, without fields, CODE:message:-- (Bulk API 2.0 guide:
// get failed record results).
func (e *Error) Bulk() string {
	text := e.Code + ":" + e.Message + ":"
	if len(e.Fields) == 0 {
		return text + "--"
	}
	return text + strings.Join(e.Fields, ",") + " --"
}
