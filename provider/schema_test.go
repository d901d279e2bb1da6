package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/reportsync/terraform-provider-reportsync/provider"
)

// TestSchemas asks for the schemas as Terraform does, which checks them, and reads every description.
func TestSchemas(t *testing.T) {
	t.Parallel()
	server := providerserver.NewProtocol6(provider.New("test")())()
	got, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range got.Diagnostics {
		t.Errorf("%s: %s: %s", d.Attribute, d.Summary, d.Detail)
	}
	all := map[string]*tfprotov6.Schema{"provider": got.Provider}
	for name, s := range got.ResourceSchemas {
		all["resource "+name] = s
	}
	for name, s := range got.DataSourceSchemas {
		all["data "+name] = s
	}
	if want := 1 + 4 + 6; len(all) != want {
		t.Errorf("there are %d schemas, want %d", len(all), want)
	}
	for name, s := range all {
		if s.Block.Description == "" {
			t.Errorf("%s is not described", name)
		}
		checkAttributes(t, name, s.Block.Attributes)
	}
}

func checkAttributes(t *testing.T, within string, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, a := range attributes {
		name := within + "." + a.Name
		if a.Description == "" {
			t.Errorf("%s is not described", name)
		}
		if a.WriteOnly != (a.Name == "client_secret_wo") || a.Sensitive != (a.WriteOnly || a.Name == "token") {
			t.Errorf("%s: write-only %v, sensitive %v", name, a.WriteOnly, a.Sensitive)
		}
		if a.Optional && a.Computed && a.Name != "id" && a.Name != "name" {
			t.Errorf("%s is optional and computed: what is unset must stay so", name)
		}
		if a.NestedType != nil {
			checkAttributes(t, name, a.NestedType.Attributes)
		}
	}
}
