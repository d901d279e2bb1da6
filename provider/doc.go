// Package provider is the Terraform provider: it declares what reportsync keeps in sync, by the daemon's config API.
//
// # Flow
//
// [New] makes the provider. Its Configure builds one [api.Client] and hands it, within a session, to every resource
// and data source. The three configuration objects (connection, source, integration) share one life cycle,
// objectResource, and differ in their schema and model only. A model turns configuration into the domain's spec and
// takes over what the daemon stores; since the daemon echoes exactly what it was sent, state needs no repair. What the
// daemon derives (ids, revisions, a fingerprint of the credentials) is computed; nothing volatile stands on these
// resources.
//
// Mistakes are caught as early as they can be told: ValidateConfig applies the domain's own rules offline, skipping
// what is not known yet; ModifyPlan of an integration asks the daemon, which looks at the report and at the org; the
// daemon looks once more when it stores. Each mistake is blamed on its attribute, by the JSON pointer that it carries
// (diagnostics.go).
//
// Secrets are write-only. Whether one has changed is known from a salted hash in the resource's private state
// (secret.go).
//
// A run is a resource too: creating it starts the run and waits for its end, and refreshing it only ever reads.
//
// # Files
//
// Each object has a family of files: x_resource.go, x_schema.go, x_model.go and x_data_source.go. Attributes are
// described once, on the resource; computed.go derives those of the data sources.
package provider
