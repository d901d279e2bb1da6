package orgsim

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

// maxFault is the most that a posted fault may hold, in bytes.
const maxFault = 10_000_000

// FaultAnswer is one rule in what GET /orgsim/faults answers.
type FaultAnswer struct {
	fault.Fault

	Hits int `json:"hits"`
}

// FaultError says which of several faults is wrong, counted from 0, and what is
// wrong with it.
type FaultError struct {
	Index int
	Err   error
}

func (e *FaultError) Error() string { return e.Err.Error() }

// Unwrap returns what is wrong, a [fault.PropertyError] where it is a property.
func (e *FaultError) Unwrap() error { return e.Err }

// AddFaults puts faults in force, all or none. It fails where one is not
// complete, can never strike, as it names an object, a field or a kind of call
// that the org lacks, or has the name that another was given. What comes from a
// file is blamed with its place there.
func (o *Org) AddFaults(faults ...fault.Fault) error {
	return addFaults(&o.faults, faults, func(f *fault.Fault) error {
		if err := checkKind(f, o.gate.Kinds()); err != nil {
			return err
		}
		return o.checkFields(f)
	})
}

// AddFaults puts faults in force at the host, as [Org.AddFaults] does.
func (l *LoginHost) AddFaults(faults ...fault.Fault) error {
	return addFaults(&l.faults, faults, func(f *fault.Fault) error {
		if f.Object != "" || f.Where != nil || f.IDs != nil || f.Fields != nil {
			return errors.New("a login host has neither records nor jobs")
		}
		return checkKind(f, l.gate.Kinds())
	})
}

func addFaults(injector *fault.Injector, faults []fault.Fault, check func(*fault.Fault) error) error {
	named := map[string]bool{}
	for _, rule := range injector.Rules() {
		named[rule.Name] = true
	}
	settled := make([]fault.Fault, 0, len(faults))
	for i, f := range faults {
		f, err := f.Settled()
		if err == nil {
			err = check(&f)
		}
		// Several may go by the name of their preset, but none by one that it was given.
		if err == nil && named[f.Name] && f.Name != cmp.Or(f.Preset, string(f.Action)) {
			err = fault.Mistaken("name", fmt.Errorf("there is a fault %q in force; clear it first, or take another name", f.Name))
		}
		if err != nil {
			return &FaultError{Index: i, Err: fmt.Errorf("add fault: %w", f.Source.Blame(err))}
		}
		named[f.Name] = true
		settled = append(settled, f)
	}
	for _, f := range settled {
		injector.Add(f)
	}
	return nil
}

// checkKind refuses a kind that no request is of.
func checkKind(f *fault.Fault, kinds []string) error {
	if f.Kind == "" || f.Action == fault.FailJob || f.Action == fault.HoldJob {
		return nil
	}
	if slices.ContainsFunc(kinds, func(kind string) bool { return fault.MatchesKind(f.Kind, kind) }) {
		return nil
	}
	hint := reportsync.DidYouMean(f.Kind, kinds)
	if hint == "" {
		hint = "; there are " + strings.Join(kinds, ", ")
	}
	return fault.Mistaken("kind", fmt.Errorf("kind %q matches no kind of call%s", f.Kind, hint))
}

// checkFields looks up the object and the fields that a fault names; without an
// object, its fields may be those of any.
func (o *Org) checkFields(f *fault.Fault) error {
	objects := o.db.Schema().Objects()
	if f.Object != "" {
		object, ok := o.db.Schema().Object(f.Object)
		if !ok {
			return fault.Mistaken("object", fmt.Errorf("%w: %s", errNoObject, f.Object))
		}
		objects = []*schema.Object{object}
	}
	for property, names := range map[string][]string{"fields": f.Fields, "where": slices.Sorted(maps.Keys(f.Where))} {
		for _, name := range names {
			known := func(object *schema.Object) bool {
				_, ok := object.AnyField(name)
				return ok
			}
			switch {
			case slices.ContainsFunc(objects, known):
			case f.Object != "":
				return fault.Mistaken(property, sferr.UnknownField(name, objects[0].Name))
			default:
				return fault.Mistaken(property, fmt.Errorf("no object of the org has a field %s", name))
			}
		}
	}
	return nil
}

func (j *judge) listFaults(w http.ResponseWriter, _ *http.Request) {
	controlJSON(w, http.StatusOK, faultAnswers(j.faults.Rules()))
}

func (j *judge) showFault(w http.ResponseWriter, r *http.Request) {
	if rules, ok := j.namedFaults(w, r); ok {
		controlJSON(w, http.StatusOK, faultAnswers(rules))
	}
}

// eachNamed does something to the faults of a name and answers 204.
func (j *judge) eachNamed(act func(*fault.Rule)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rules, ok := j.namedFaults(w, r)
		if !ok {
			return
		}
		for _, rule := range rules {
			act(rule)
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (j *judge) namedFaults(w http.ResponseWriter, r *http.Request) ([]*fault.Rule, bool) {
	name := r.PathValue("name")
	rules := j.faults.Named(name)
	if len(rules) == 0 {
		controlFail(w, http.StatusNotFound, fmt.Sprintf("there is no fault named %q", name))
		return nil, false
	}
	return rules, true
}

func faultAnswers(rules []*fault.Rule) []FaultAnswer {
	list := make([]FaultAnswer, 0, len(rules))
	for _, rule := range rules {
		list = append(list, FaultAnswer{Fault: rule.Fault, Hits: rule.Hits()})
	}
	return list
}

// addFault takes one fault, or a list of them, all or none.
func (j *judge) addFault(w http.ResponseWriter, r *http.Request) {
	faults, err := readFaults(http.MaxBytesReader(w, r.Body, maxFault))
	if err == nil {
		err = j.add(faults...)
	}
	if err == nil {
		w.WriteHeader(http.StatusCreated)
		return
	}
	answer := FaultRefusal{Error: err.Error()}
	if wrong, ok := errors.AsType[*FaultError](err); ok {
		answer.Index = wrong.Index
	}
	if wrong, ok := errors.AsType[*fault.PropertyError](err); ok {
		answer.Property = wrong.Property
	}
	controlJSON(w, http.StatusBadRequest, answer)
}

// FaultRefusal is what POST /orgsim/faults answers where it takes none.
type FaultRefusal struct {
	Error    string `json:"error"`
	Index    int    `json:"index"` // of the fault that is wrong
	Property string `json:"property,omitzero"`
}

func readFaults(body io.Reader) ([]fault.Fault, error) {
	var faults faultList
	decoder := json.NewDecoder(body)
	err := decoder.Decode(&faults)
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the body holds no fault: want a JSON object, or an array of them")
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // tells what is wrong with the fault
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the body goes on after its JSON document")
	}
	return faults, nil
}

// faultList is a JSON object or an array of such, without unknown properties.
type faultList []fault.Fault

// UnmarshalJSON reads the list.
func (l *faultList) UnmarshalJSON(text []byte) error {
	var many []json.RawMessage
	if json.Unmarshal(text, &many) != nil {
		many = []json.RawMessage{text}
	}
	for _, one := range many {
		f, err := fault.ParseJSON(one)
		if err != nil {
			return err
		}
		*l = append(*l, f)
	}
	if len(*l) == 0 {
		return errors.New("the list holds no fault")
	}
	return nil
}
