package orgsim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/fault"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
)

// maxFault is the most that a posted fault may hold, in bytes.
const maxFault = 10_000_000

// FaultAnswer is one rule in what GET /orgsim/faults answers.
type FaultAnswer struct {
	fault.Fault

	Hits int `json:"hits"`
}

// AddFaults puts faults in force, all or none. It fails where one is not
// complete, or names an object or field that the org lacks.
func (o *Org) AddFaults(faults ...fault.Fault) error {
	settled := make([]fault.Fault, 0, len(faults))
	for _, f := range faults {
		f, err := f.Settled()
		if err == nil {
			err = o.checkFault(&f)
		}
		if err != nil {
			return fmt.Errorf("add fault: %w", err)
		}
		settled = append(settled, f)
	}
	for _, f := range settled {
		o.faults.Add(f)
	}
	return nil
}

// checkFault looks up the names that a fault gives; without an object, its
// fields may be those of any.
func (o *Org) checkFault(f *fault.Fault) error {
	if f.Object == "" {
		return nil
	}
	object, ok := o.db.Schema().Object(f.Object)
	if !ok {
		return fmt.Errorf("%w: %s", errNoObject, f.Object)
	}
	for name := range f.Where {
		if _, ok := object.AnyField(name); !ok {
			return sferr.UnknownField(name, object.Name)
		}
	}
	return nil
}

func (o *Org) controlFaults(w http.ResponseWriter, _ *http.Request) {
	controlJSON(w, http.StatusOK, faultAnswers(o.faults.Rules()))
}

func (o *Org) controlFault(w http.ResponseWriter, r *http.Request) {
	if rules, ok := o.namedFaults(w, r); ok {
		controlJSON(w, http.StatusOK, faultAnswers(rules))
	}
}

// controlNamedFaults does something to the faults of a name and answers 204.
func (o *Org) controlNamedFaults(act func(*fault.Rule)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		rules, ok := o.namedFaults(w, r)
		if !ok {
			return
		}
		for _, rule := range rules {
			act(rule)
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

func (o *Org) namedFaults(w http.ResponseWriter, r *http.Request) ([]*fault.Rule, bool) {
	name := r.PathValue("name")
	rules := o.faults.Named(name)
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

// controlAddFault takes one fault, or a list of them, all or none.
func (o *Org) controlAddFault(w http.ResponseWriter, r *http.Request) {
	var faults faultList
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxFault)).Decode(&faults)
	if err == nil {
		err = o.AddFaults(faults...)
	}
	if err != nil {
		controlFail(w, http.StatusBadRequest, err.Error())
		return
	}
	w.WriteHeader(http.StatusCreated)
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
