// Package sobject prints objects and records as the REST and Tooling APIs show
// them: descriptions, short and long, and records with their attributes. It knows
// nothing of the request that they answer but where their resources stand.
package sobject
