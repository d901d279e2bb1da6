package rest

import (
	"net/http"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/recordid"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// assignmentRulePrefix starts the ids of assignment rules.
const assignmentRulePrefix = "01Q"

// actor is the call's user with the liberties that the request's headers ask for
// (REST API guide: headers). A header that Salesforce could not read is refused:
// it answers and returns false.
func (a *API) actor(c *web.Call) (store.Actor, bool) {
	actor := store.Actor{UserID: c.UserID, By: "rest", Strike: c.StrikeRows()}
	refused := readOptions(c.Request.Header, &actor)
	if refused == nil {
		actor.AutoAssign, refused = autoAssign(c.Request.Header.Get("Sforce-Auto-Assign"))
	}
	if refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return actor, false
	}
	return actor, true
}

// autoAssign reads TRUE (the default), FALSE or the id of an assignment rule.
func autoAssign(text string) (string, *sferr.Error) {
	switch upper := strings.ToUpper(strings.TrimSpace(text)); upper {
	case "":
		return store.AutoAssignActive, nil
	case "TRUE", "FALSE":
		return upper, nil
	}
	id, err := recordid.Parse(strings.TrimSpace(text))
	if err != nil || !strings.HasPrefix(id, assignmentRulePrefix) {
		return "", malformedHeader("Sforce-Auto-Assign", text, "TRUE, FALSE or the id of an assignment rule")
	}
	return id, nil
}

// readOptions checks the headers that hold name=value pairs and takes from them
// what a write depends on.
func readOptions(header http.Header, actor *store.Actor) *sferr.Error {
	for name, options := range map[string]map[string]func(string){
		"Sforce-Call-Options": {"client": nil, "defaultnamespace": nil},
		"Sforce-Mru":          {"updatemru": func(string) {}},
		"Sforce-Duplicate-Rule-Header": {
			"allowsave":            func(text string) { actor.AllowDuplicates = strings.EqualFold(text, "true") },
			"includerecorddetails": func(string) {},
			"runascurrentuser":     func(string) {},
		},
	} {
		text := header.Get(name)
		if text == "" {
			continue
		}
		for pair := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' }) {
			option, set, paired := strings.Cut(pair, "=")
			take, known := options[strings.ToLower(strings.TrimSpace(option))]
			set = strings.TrimSpace(set)
			flag := strings.EqualFold(set, "true") || strings.EqualFold(set, "false")
			if !known || !paired || take != nil && !flag {
				return malformedHeader(name, text, "name=value pairs that the REST API guide lists for it")
			}
			if take != nil {
				take(set)
			}
		}
	}
	return nil
}

func malformedHeader(name, text, want string) *sferr.Error {
	return sferr.New("INVALID_HEADER", "header %s: '%s' is not %s", name, text, want)
}
