package rest_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

// FuzzComposite sends one subrequest after a create that it may refer to.
// Whatever it is, the answer is JSON, and a failure leaves no record.
func FuzzComposite(f *testing.F) {
	for _, seed := range [][3]string{
		{"GET", data + "/sobjects/Account/@{acme.id}", ""},
		{"PATCH", data + "/sobjects/Account/@{acme.id}", `{"Name":"@{acme.success}"}`},
		{"GET", data + "/query?q=SELECT+Id+FROM+Account+WHERE+Id='@{acme.id}'", ""},
		{"POST", data + "/composite/sobjects/", `{"records":[{"attributes":{"type":"Contact"},"AccountId":"@{acme.id}"}]}`},
		{"POST", "//services/data/v60.0/composite", `{}`},
		{"GET", "@{acme.errors[0].message}", ""},
		{"DELETE", data + "/sobjects/@{acme[0][", `"@{}"`},
		{"get\n", "http://[::1", `nonsense`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		b := setup(t)
		sub := map[string]any{"method": method, "url": target, "referenceId": "next"}
		if json.Valid([]byte(body)) {
			sub["body"] = json.RawMessage(body)
		}
		text, err := json.Marshal(map[string]any{"allOrNone": true, "compositeRequest": []any{json.RawMessage(newAccount), sub}})
		if err != nil {
			t.Fatal(err)
		}
		answer := b.do(http.MethodPost, data+"/composite", string(text))
		if answer.status == http.StatusBadRequest { // refused before anything was carried out
			answer.refused(http.StatusBadRequest, "JSON_PARSER_ERROR")
			if b.count("Account")+b.count("Contact") > 0 {
				t.Errorf("refused, and yet there are records: %s", text)
			}
			return
		}
		var got composed
		answer.want(http.StatusOK).decode(&got)
		if len(got.Answers) != 2 || got.Answers[1].ReferenceID != "next" {
			t.Fatalf("answers %+v", got)
		}
		if undone := got.Answers[0].Status != http.StatusCreated; undone && b.count("Account")+b.count("Contact") > 0 {
			t.Errorf("undone, and yet there are records: %+v", got)
		}
	})
}
