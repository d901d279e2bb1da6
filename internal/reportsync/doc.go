// Package reportsync is the domain: the words that the Terraform provider and the daemon agree on, with their limits.
//
// An [Integration] maps the columns of one report of a [Source] onto the fields of one Salesforce object behind a
// [Connection]. A [Run] is one execution of one revision of an integration; it ends with one [Outcome] for every row
// that was read. What users declare stands in the Spec types, which are stored and returned exactly as they were sent:
// what was left unset stays unset, and methods such as [IntegrationSpec.CronSchedule] give the value in force.
//
// The package imports nothing of the provider, the daemon, HTTP or SQL. The doc and enum tags of its types describe
// the config API, which answers with these types as they stand.
package reportsync
