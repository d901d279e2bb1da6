package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
)

// shown is how many records are shown before and after.
const shown = 6

// contact is a record as SOQL returns it; null fields are empty.
type contact struct {
	ID       string  `json:"Id"`
	Email    string  `json:"Email"`
	Status   string  `json:"Onboarding_Status__c"`
	Sessions float64 `json:"Sessions_30d__c"` // only shown and compared with itself
	LastSeen string  `json:"Last_Seen__c"`
	Source   string  `json:"Usage_Source__c"`
}

// contacts returns all contacts of the org, in the order of their e-mails.
func (s *stage) contacts(ctx context.Context) ([]contact, error) {
	var records []contact
	err := output(ctx, nil, &records, s.bin("orgsim"), "query", "--url", s.orgURL, "--json",
		"--client-id", clientID, "--client-secret", clientSecret,
		"SELECT Id, Email, Onboarding_Status__c, Sessions_30d__c, Last_Seen__c, Usage_Source__c FROM Contact ORDER BY Email, Id")
	return records, err
}

// printChanges shows the first records that differ, one line before and one after.
func printChanges(before, after []contact) {
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "Email\t\tOnboarding Status\tSessions (30d)\tLast Seen\tSource")
	left := shown
	for i := range before {
		if left == 0 || before[i] == after[i] {
			continue
		}
		left--
		for when, c := range []contact{before[i], after[i]} {
			email, label := c.Email, "before"
			if when == 1 {
				email, label = "", "after"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", email, label, dash(c.Status), number(c.Sessions), dash(c.LastSeen), dash(c.Source))
		}
	}
	w.Flush()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func number(n float64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%g", n)
}
