package provider_test

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestAccSourceLifeCycle(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	elsewhere := filepath.Join(w.root, "elsewhere")
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	config := func(b block) string { return w.provider() + b.hcl(head(sourceAddress)) }
	s := w.source()
	renamed := s.with("name", `"walkme"`)
	moved := renamed.with("files", fmt.Sprintf("{ url = %q }", "file://"+elsewhere))

	steps := []resource.TestStep{{
		Config:           config(s),
		ConfigPlanChecks: planned(sourceAddress, plancheck.ResourceActionCreate),
		ConfigStateChecks: []statecheck.StateCheck{
			has(sourceAddress, "id", knownvalue.NotNull()),
			has(sourceAddress, "revision", knownvalue.Int64Exact(1)),
			has(sourceAddress, "files.url", knownvalue.StringExact("file://"+w.reports)),
		},
	}}
	steps = append(steps, imports(sourceAddress, "insights")...)
	steps = append(steps, inPlace(t, sourceAddress, []edit{
		{config(renamed), "name", knownvalue.StringExact("walkme")},
		{config(moved), "files.url", knownvalue.StringExact("file://" + elsewhere)},
	})...)
	steps = append(steps,
		resource.TestStep{ // a change of every attribute beside Terraform
			PreConfig: func() {
				old := only(t, w.client.Sources(t.Context()))
				spec := reportsync.SourceSpec{Name: "renamed", Files: &reportsync.FilesSource{URL: "file://" + w.reports}}
				if _, err := w.client.ReplaceSource(t.Context(), old.ID, old.Revision, spec); err != nil {
					t.Fatal(err)
				}
			},
			Config:           config(moved),
			ConfigPlanChecks: planned(sourceAddress, plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{
				has(sourceAddress, "name", knownvalue.StringExact("walkme")),
				has(sourceAddress, "files.url", knownvalue.StringExact("file://"+elsewhere)),
			},
		},
		resource.TestStep{ // gone beside Terraform
			PreConfig: func() {
				if err := w.client.DeleteSource(t.Context(), only(t, w.client.Sources(t.Context())).ID, 0); err != nil {
					t.Fatal(err)
				}
			},
			Config:           config(moved),
			ConfigPlanChecks: planned(sourceAddress, plancheck.ResourceActionCreate),
		},
	)
	w.test(t, steps...)
}

func TestAccSourceErrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	config := func(url string) string {
		return w.provider() + w.source().with("files", fmt.Sprintf("{ url = %q }", url)).hcl(head(sourceAddress))
	}
	w.test(t,
		resource.TestStep{Config: config("s3://bucket"), ExpectError: loosely("files = {", "files.url: s3:// is not supported by this version")},
		resource.TestStep{Config: config("file:///etc"), ExpectError: loosely(`Can't create source "insights"`, "files = {", "files.url:", w.root)},
		resource.TestStep{Config: config("file://" + w.root + "/nowhere"), ExpectError: loosely("files.url:", "nowhere")},
	)
}

// only returns the one object of a list.
func only[T any](t *testing.T, list iter.Seq2[T, error]) T {
	t.Helper()
	all, err := api.Collect(list)
	if err != nil || len(all) != 1 {
		t.Fatalf("want one object, got %v, %v", all, err)
	}
	return all[0]
}
