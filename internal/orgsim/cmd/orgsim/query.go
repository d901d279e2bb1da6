package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
)

// querying is what the flags of query say.
type querying struct {
	url          string
	clientID     string
	clientSecret string
	json         bool
}

func queryCommand() *cobra.Command {
	var q querying
	cmd := &cobra.Command{
		Use:   "query --url URL SOQL",
		Short: "Run a query in a running org and print the records",
		Long: `Run a query in a running org and print the records.

Without credentials the org is asked as its administrator: no API call is
counted, and fields without field-level security are visible. With --client-id
and --client-secret the query goes through login and REST API, as a client's.`,
		Example: `  orgsim query --url http://127.0.0.1:40123 "SELECT Id, Email FROM Contact LIMIT 5"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return q.run(cmd.Context(), cmd.OutOrStdout(), args[0])
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&q.url, "url", "", "URL of the org")
	flags.StringVar(&q.clientID, "client-id", "", "log in with this consumer key")
	flags.StringVar(&q.clientSecret, "client-secret", "", "log in with this consumer secret")
	flags.BoolVar(&q.json, "json", false, "print a JSON array")
	cobra.CheckErr(cmd.MarkFlagRequired("url"))
	cmd.MarkFlagsRequiredTogether("client-id", "client-secret")
	return cmd
}

func (q *querying) run(ctx context.Context, out io.Writer, soql string) error {
	client := newClient(q.url)
	ask := client.queryAsAdministrator
	if q.clientID != "" {
		if err := client.login(ctx, q.clientID, q.clientSecret); err != nil {
			return err
		}
		ask = client.query
	}
	answer, err := ask(ctx, soql)
	if err != nil {
		return err
	}
	if q.json {
		return printJSON(out, answer)
	}
	return printTable(out, answer)
}

// found is a query's answer: records, or a mere count.
type found struct {
	records []record
	total   int
	counted bool
}

// record keeps its fields in the order of the answer, and numbers as written.
type record []struct {
	name  string
	value json.RawMessage
}

// UnmarshalJSON reads an object without its attributes.
func (r *record) UnmarshalJSON(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return errors.New("a record is not a JSON object")
	}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("read record: %w", err)
		}
		name, _ := token.(string) // names are strings: the decoder sees to it
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return fmt.Errorf("read record: %w", err)
		}
		if name != "attributes" {
			*r = append(*r, struct {
				name  string
				value json.RawMessage
			}{name, value})
		}
	}
	return nil
}

func printJSON(out io.Writer, answer found) error {
	if answer.counted {
		_, err := fmt.Fprintf(out, "{\"totalSize\": %d}\n", answer.total)
		return err
	}
	var text strings.Builder
	text.WriteString("[")
	for i, r := range answer.records {
		if i > 0 {
			text.WriteString(",")
		}
		text.WriteString("\n  {")
		for j, field := range r {
			if j > 0 {
				text.WriteString(", ")
			}
			fmt.Fprintf(&text, "%q: %s", field.name, field.value)
		}
		text.WriteString("}")
	}
	text.WriteString("\n]\n")
	_, err := io.WriteString(out, text.String())
	return err
}

func printTable(out io.Writer, answer found) error {
	if answer.counted {
		_, err := fmt.Fprintln(out, answer.total)
		return err
	}
	if len(answer.records) == 0 {
		_, err := fmt.Fprintln(out, "no records")
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, field := range answer.records[0] {
		fmt.Fprint(table, tab(i), field.name)
	}
	fmt.Fprintln(table)
	for _, r := range answer.records {
		for i, field := range r {
			fmt.Fprint(table, tab(i), shown(field.value))
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}

func tab(column int) string {
	if column == 0 {
		return ""
	}
	return "\t"
}

// oneLine keeps a value from breaking its table.
func oneLine(text string) string {
	return strings.NewReplacer("\n", "⏎", "\r", "", "\t", " ").Replace(text)
}

// shown is a value in a table cell: text without quotes, on one line, and - for
// null.
func shown(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil && !bytes.Equal(value, []byte("null")) {
		return oneLine(text)
	}
	if bytes.Equal(value, []byte("null")) {
		return "-"
	}
	return string(value)
}
