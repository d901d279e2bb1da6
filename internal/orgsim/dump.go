package orgsim

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/schema"
)

// dumpVersion is that of the format: a JSON document a line. The first is a
// [dumpHead]; then come the schema, records, what tables hold beyond them,
// histories, and the end, in this order and each told by its first key.
const dumpVersion = 1

type dumpHead struct {
	Version int       `json:"orgsim_dump"`
	Org     string    `json:"org"` // id of the organization
	Seed    uint64    `json:"seed"`
	Time    time.Time `json:"time"`
	Sandbox bool      `json:"sandbox"`
	Users   []User    `json:"users"` // those that log in
}

// dumpLine is any other line.
type dumpLine struct {
	Schema []schema.Definition `json:"schema"`

	Record string            `json:"record"` // API name of the object
	Values map[string]string `json:"values"`

	State *store.State `json:"state"`

	History string       `json:"history"` // id of the record
	Writes  []store.Past `json:"writes"`

	End int `json:"end"` // of the last line: how many there are before it
}

// Dump writes the whole org as it is now: schema, records with those in the
// recycle bin, users with their passwords, permissions; and who wrote what, if
// history is asked for. Sessions, jobs, faults, counts of calls and the journal
// are not part of it. Writers are not kept waiting. See [Restore].
func (o *Org) Dump(w io.Writer, history bool) error {
	d := newDumper(w)
	d.document(dumpHead{
		Version: dumpVersion, Org: o.ID(), Seed: o.config.Seed, Time: o.config.Now().UTC(), Sandbox: o.config.Sandbox, Users: o.config.Users,
	})
	snapshot := o.db.Snapshot(history)
	d.document(map[string][]schema.Definition{"schema": snapshot.Schema.Definitions()})
	snapshot.Records(d.line)
	for _, state := range snapshot.States() {
		d.document(map[string]store.State{"state": state})
	}
	snapshot.Histories(d.line)
	d.document(map[string]int{"end": d.lines})
	if err := errors.Join(d.err, d.out.Flush()); err != nil {
		return fmt.Errorf("write dump: %w", err)
	}
	return nil
}

// dumper writes a dump line by line, and nothing more after an error.
type dumper struct {
	out   *bufio.Writer
	json  *json.Encoder
	lines int
	err   error
}

func newDumper(w io.Writer) *dumper {
	d := &dumper{out: bufio.NewWriterSize(w, flushing)}
	d.json = json.NewEncoder(d.out)
	d.json.SetEscapeHTML(false)
	return d
}

func (d *dumper) document(v any) {
	d.lines++
	if d.err == nil {
		d.err = d.json.Encode(v)
	}
}

func (d *dumper) line(text []byte) bool {
	d.lines++
	if d.err == nil {
		_, d.err = d.out.Write(append(text, '\n'))
	}
	return d.err == nil
}

// Restore returns an org with what a dump holds. Seed, sandbox, users and schema
// are the dump's; the rest is the config's. The same dump of it is the same but
// for its time.
func Restore(config Config, r io.Reader) (*Org, error) {
	d := &dumpReader{decoder: json.NewDecoder(bufio.NewReaderSize(r, flushing))}
	var head dumpHead
	if err := d.next(&head); err != nil {
		return nil, err
	}
	if head.Version != dumpVersion {
		return nil, fmt.Errorf("read dump: not a dump of an orgsim, or one of another version than %d", dumpVersion)
	}
	var line dumpLine
	if err := d.next(&line); err != nil {
		return nil, err
	}
	defined, err := schema.Defined(line.Schema)
	if err != nil {
		return nil, fmt.Errorf("read dump: %w", err)
	}
	config.Seed, config.Sandbox, config.Users, config.Schema = head.Seed, head.Sandbox, head.Users, defined
	return newOrg(config, func(o *Org) error { return o.refill(d, head) })
}

// refill reads the rest of a dump into an empty org.
func (o *Org) refill(d *dumpReader, head dumpHead) error {
	for {
		var line dumpLine
		if err := d.next(&line); err != nil {
			return err
		}
		if line.End > 0 {
			if line.End != d.lines-1 {
				return fmt.Errorf("read dump: it has %d lines before its last one, which says %d", d.lines-1, line.End)
			}
			if _, err := d.decoder.Token(); !errors.Is(err, io.EOF) {
				return fmt.Errorf("read dump: it goes on after its last line, %d", d.lines)
			}
			break
		}
		if err := o.restore(&line); err != nil {
			return fmt.Errorf("read dump: line %d: %w", d.lines, err)
		}
	}
	o.db.Restored()
	o.id = head.Org
	if len(head.Users) > 0 {
		for user := range o.Records("User") {
			if strings.EqualFold(user["Username"], head.Users[0].Username) {
				o.runAs = user["Id"]
				return nil
			}
		}
		return fmt.Errorf("read dump: it holds no user %q", head.Users[0].Username)
	}
	return nil
}

func (o *Org) restore(line *dumpLine) error {
	switch {
	case line.Record != "":
		return o.db.Restore(line.Record, line.Values)
	case line.State != nil:
		return o.db.RestoreState(*line.State)
	case line.History != "":
		return o.db.RestoreHistory(line.History, line.Writes)
	default:
		return errors.New("neither record, state, history nor end")
	}
}

// dumpReader reads a dump line by line.
type dumpReader struct {
	decoder *json.Decoder
	lines   int
}

func (d *dumpReader) next(into any) error {
	d.lines++
	err := d.decoder.Decode(into)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read dump: line %d: %w", d.lines, err)
	}
	return nil
}
