// Package orgsim is a Salesforce org in a box: an [http.Handler] that answers
// OAuth, REST, SOQL and Bulk API 2.0 calls as strictly as Salesforce does, keeps
// records in memory and writes a journal of every request. It is what tests,
// the demo and users' own CI talk to in place of a live org.
//
// # Use
//
//	org, err := orgsim.New(orgsim.Config{Schema: mySchema})
//	defer org.Close()                          // ends jobs that still run and waits for them
//	server := httptest.NewServer(org)          // or orgsim.Start(org, "127.0.0.1:0")
//	id, err := org.Insert("Contact", map[string]string{"LastName": "Doe", "Email": "Doe@Example.com"})
//	n, err := org.LoadCSV("Contact", file)     // header = API names; blank = null
//
// A client logs in at server.URL with [DefaultClientID] and [DefaultClientSecret]
// (client credentials; any host but login.salesforce.com and test.salesforce.com
// is the org's My Domain). Afterwards a test asks the org what happened:
//
//	record, ok := org.Record("Contact", id)    // canonical text by API name; absent = null
//	org.History("Contact", id)                 // every API write, with before and after
//	org.Writes("Contact")                      // how many rows the API wrote in all
//	org.Journal().Summary()                    // calls by kind, as Salesforce counts them
//	org.ExpireSessions()                       // every token is INVALID_SESSION_ID from now on
//	held := org.Faults().Add(fault.Fault{Path: "/services/data/*/composite/sobjects", Action: fault.Hold})
//	err = held.Wait(ctx)                       // a request has arrived and stands still
//	held.Release()
//
// # Flow
//
// [Org.ServeHTTP] hands a request to the gate (internal/web), which notes it in the
// journal, enforces the URI limit, lets the fault rules act, checks version, session
// and daily limit of a data call, and routes. Handlers parse (SOQL, JSON rows, CSV
// rows) and hand typed mutations or a bound query to the store, the one place that
// knows what Salesforce does to a value, and who may see which field. Bulk jobs run
// in goroutines that the org owns; [Org.Close] waits for them.
//
// # Parts
//
//	schema            objects, fields and rules, standard ones and those of a schema file
//	fault             rules that make requests, jobs and rows fail
//	journal           what was asked, and what it cost
//	internal/web      one call on its way: gate, answers, compression, strikes
//	internal/auth     OAuth 2.0, login pages, sessions, identity
//	internal/rest     versions, describe, records, Collections, queries, composite
//	internal/sobject  objects and records as REST and Tooling print them
//	internal/bulk     Bulk API 2.0, ingest and query
//	internal/tooling  custom fields by the Tooling API
//	internal/store    records, indexes, the write engine, rules, rights, query execution
//	internal/soql     lexer and parser of the query language
//	internal/bulkcsv  the strict CSV reader of Bulk API 2.0
//	internal/value    a field's values: from JSON and CSV, checked, printed
//	internal/recordid ids of 15 and 18 characters
//	internal/sferr    error codes and messages
//	internal/paging   how long an answer's pages are
//	internal/quota    what of the daily limits is spent
//	clients           real clients of other people, run against an org
//	cmd/orgsim        the program
//
// It shares no code with the daemon's Salesforce client: what one of them gets wrong,
// the other is to find.
//
// # Where the documents are silent
//
// Some behaviour no public document settles. The org then takes the strict side,
// so that a client which passes here asks for nothing that a real org might
// refuse: datetimes without offset, times of day that don't end in Z, text for
// checkboxes and inner blanks around CSV quotes are refused; null for a checkbox fails; text differs by accents;
// milliseconds are dropped; a multi-select picklist comes back in the field's
// order; Bulk results print datetimes with Z, REST with +0000; a second upload to
// an ingest job is refused at once; an assertion whose exp is in milliseconds is
// refused, though the Salesforce CLI sends such ones (App.AssertionWindow).
//
// What Salesforce does and this version does not is refused as Salesforce would
// refuse the unknown, or with a message that says so, never accepted and ignored:
// record types, GROUP BY and subqueries in SOQL, search (SOSL), Apex, SOAP and the
// Metadata API, composite/tree, recent items and layouts. One thing is kept without
// effect: ObjectPermissions, since every user has all objects and all records.
package orgsim
