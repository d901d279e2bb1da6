// Package fault makes an org misbehave on purpose. A [Fault] says which requests,
// jobs or rows it strikes and what happens to them; [Preset] names the troubles
// that clients of Salesforce meet, and [Load] reads a file of them. An [Injector]
// holds the rules in force and counts their hits: the org asks it about every
// request ([Injector.Request]), every job ([Injector.Job]) and every row that is
// written ([Transaction.Strike]). Tests wait for a hit with [Rule.Wait] instead
// of sleeping.
package fault
