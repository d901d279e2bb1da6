package fault_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	page := fault.Unavailable()
	page.Name, page.Preset, page.Path, page.After, page.Times = "busy", "html_503", "/services/data/*/jobs/**", 3, 2
	want := []fault.Fault{page, {
		Name: "bad titles", Action: fault.RowError, Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "No bosses.", Fields: []string{"Title"},
		Object: "Contact", Where: map[string]string{"Title": "Boss"}, IDs: []string{own}, Every: 2, Percent: 50,
	}, {
		Name: "slow", Action: fault.Delay, Delay: fault.Duration(1500 * time.Millisecond), Header: map[string]string{"User-Agent": "sf*"}, Kind: "query",
	}, {
		Name: "short", Action: fault.TruncateBody, Lines: 3, Orderly: true,
	}}
	for _, name := range []string{"faults.hcl", "faults.json"} {
		got, err := fault.Load(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(fault.Fault{}, "Source")); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := fault.Load("testdata/none.hcl"); err == nil {
		t.Error("a file that is not there was loaded")
	}
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"fault \"x\" {\n  preset = \"html_504\"\n}":                                    `x.hcl:2,12: fault "x": there is no preset "html_504"; did you mean "html_50`,
		"fault \"x\" {\n  action = \"hold\"\n  tims = 2\n}":                            `x.hcl:3,3: a fault has no property "tims"; did you mean "times"?`,
		"fault \"x\" {\n  action = \"hold\"\n  times = \"y\"\n}":                       `x.hcl:3,11: times: Unsuitable value: a number is required`,
		"fault \"x\" {\n  times = -1\n  action = \"hold\"\n}":                          `x.hcl:2,11: fault "x": times must not be negative`,
		"fault \"x\" {\n  preset = \"latency\"\n  delay = \"soon\"\n}":                 `x.hcl:3,11: delay: want a duration such as 1.5s, not "soon"`,
		"fault \"x\" {\n  preset = \"lock_rows\"\n  kind = \"query\"\n}":               `x.hcl:3,10: fault "x": kind does not go with action lock_rows, which strikes rows and takes ids, object, where`,
		"fault \"x\" {\n  action = \"hold\"\n}\nfault \"x\" {\n  action = \"hold\"\n}": `x.hcl:4,1: there is a fault "x" at line 1 already`,
		"fault \"x\" {\n  preset = \"html_503\"\n  percent = 0\n}":                     `x.hcl:3,13: percent 0 would strike nothing; leave percent out to strike all`,
		"fault \"x\" {\n  preset = \"html_503\"\n  path = \"services/**\"\n}":          `x.hcl:3,10: fault "x": path "services/**" matches nothing: paths begin with /`,
		"fault \"x\" {\n}":                           `x.hcl:1,1: fault "x": a fault needs an action or a preset`,
		"fault \"x\" {\n  preset = \"row_error\"\n}": `x.hcl:1,1: fault "x": a row_error fault needs a code`,
		"fault {\n}":                                 "x.hcl:1,7-8: Missing name for fault",
		"rule \"x\" {\n}":                            "x.hcl:1,1-5: Unsupported block type",
		"fault \"x\" {\n  where {}\n}":               "x.hcl:2,3-8: Unexpected \"where\" block",
	} {
		_, err := fault.Parse("x.hcl", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// What only the org finds wrong is told with the place too.
func TestSourceIsBlamed(t *testing.T) {
	t.Parallel()
	faults, err := fault.Parse("x.hcl", []byte("fault \"x\" {\n  preset = \"lock_rows\"\n  object = \"Nope\"\n}"))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		err  error
		want string
	}{
		{fault.Mistaken("object", errors.New("no such object")), `x.hcl:3,12: fault "x": no such object`},
		{fault.Mistaken("where", errors.New("no such field")), `x.hcl:1,1: fault "x": no such field`},
		{errors.New("whatever"), `x.hcl:1,1: fault "x": whatever`},
	} {
		if got := faults[0].Source.Blame(test.err).Error(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
	var none *fault.Source
	if got := none.Blame(errors.New("whatever")).Error(); got != "whatever" {
		t.Errorf("without a source: %s", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"faults.hcl", "faults.json"} {
		text, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(strings.HasSuffix(name, "json"), text)
	}
	f.Add(false, []byte("fault \"x\" {\n preset = 7\n}"))
	f.Fuzz(func(t *testing.T, isJSON bool, text []byte) {
		name := "x.hcl"
		if isJSON {
			name = "x.json"
		}
		faults, err := fault.Parse(name, text)
		if err != nil {
			return
		}
		for _, one := range faults {
			if err := one.Check(); err != nil {
				t.Errorf("%+v was taken: %v", one, err)
			}
			new(fault.Injector).Add(one)
		}
	})
}
