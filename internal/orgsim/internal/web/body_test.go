package web_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

type document struct {
	Flag  bool              `json:"flag"`
	Count *int              `json:"count"`
	Texts map[string]string `json:"texts"`
	List  []struct {
		Name string `json:"name"`
	} `json:"list"`
	Free json.RawMessage `json:"free"`
}

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	two := 2
	var got document
	text := " {\"flag\":true, \"count\":2, \"texts\":{\"a\":\"\\ud83d\\ude42\\\\u0000\"}, \"list\":[{\"name\":\"é\"}],\n\"free\":{\"A\":1,\"a\":null}} "
	if refused := web.DecodeJSON([]byte(text), &got); refused != nil {
		t.Fatal(refused)
	}
	want := document{Flag: true, Count: &two, Texts: map[string]string{"a": `🙂\u0000`}, Free: json.RawMessage(`{"A":1,"a":null}`)}
	want.List = append(want.List, struct {
		Name string `json:"name"`
	}{"é"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if refused := web.DecodeJSON([]byte(`{"count":null}`), &got); refused != nil || got.Count != nil {
		t.Errorf("got %v, %v", got.Count, refused)
	}
}

func TestDecodeJSONRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                              "The HTTP entity body is required",
		" \n":                           "The HTTP entity body is required",
		`{"flag":true`:                  "Unexpected end-of-input at [line:1, column:13]",
		"{\"flag\":\ntru}":              "Unexpected character ('}' (code 125)) at [line:2, column:4]",
		`{}]`:                           "Unexpected character (']' (code 93)) at [line:1, column:3]",
		`{} {}`:                         "Unexpected character ('{' (code 123))",
		`[]`:                            "Cannot deserialize instance of object from START_ARRAY value [",
		`null`:                          "Cannot deserialize instance of object from VALUE_NULL value null",
		`{"Flag":true}`:                 `Unrecognized field "Flag" at [line:1, column:8]`,
		`{"flag":true,"foo":1}`:         `Unrecognized field "foo"`,
		`{"list":[{"NAME":"x"}]}`:       `Unrecognized field "NAME"`,
		`{"flag":true,"flag":true}`:     "Duplicate field 'flag' at [line:1, column:20]",
		`{"texts":{"a":"x","a":"y"}}`:   "Duplicate field 'a'",
		`{"flag":null}`:                 "Cannot deserialize instance of boolean from VALUE_NULL value null",
		`{"flag":"true"}`:               "Cannot deserialize instance of boolean from VALUE_STRING value true",
		`{"count":1.5}`:                 "Cannot deserialize instance of int from VALUE_NUMBER_FLOAT value 1.5",
		`{"texts":[]}`:                  "Cannot deserialize instance of map from START_ARRAY value [",
		`{"list":{}}`:                   "Cannot deserialize instance of list from START_OBJECT value {",
		`{"list":[{"name":false}]}`:     "Cannot deserialize instance of string from VALUE_FALSE value false",
		"{\"free\":\"\xff\"}":           "Invalid UTF-8 byte 0xff at [line:1, column:10]",
		"{\"free\":\"\xc3(\"}":          "Invalid UTF-8 byte 0xc3",
		`{"free":"\ud83d"}`:             `Incomplete surrogate pair \ud83d`,
		`{"free":"\ud83d\u0041"}`:       `Incomplete surrogate pair \ud83d`,
		`{"free":"\ude42\ud83d"}`:       `Incomplete surrogate pair \ude42`,
		`{"free":{"deep":["\u0000"]}}`:  `Illegal character \u0000`,
		`{"free":"\\\\\\\u0000"}`:       `Illegal character \u0000`,
		strings.Repeat("[", 100_000):    "Unexpected",
		`{"free":` + "\x00" + `"text"}`: "Unexpected character",
	} {
		refused := web.DecodeJSON([]byte(text), &document{})
		if refused == nil || refused.Code != "JSON_PARSER_ERROR" || !strings.Contains(refused.Message, want) {
			t.Errorf("%.60q: got %v, want %q", text, refused, want)
		}
	}
}

// Whatever is taken, the library's decoder takes as well.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{`{"flag":true,"list":[{"name":"x"}]}`, `{"free":"\ud83d\ude42"}`, `{"texts":{"a":"b"},"count":-0}`, `[{}`, "\x00", `{"count":1e3}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, want document
		if refused := web.DecodeJSON(text, &got); refused != nil {
			if refused.Code != "JSON_PARSER_ERROR" || refused.Message == "" {
				t.Fatalf("%q is refused with %#v", text, refused)
			}
			return
		}
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("%q is taken: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q:\n%s", text, diff)
		}
	})
}
