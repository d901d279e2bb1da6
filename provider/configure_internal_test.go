package provider

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

func TestInClear(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]bool{
		"http://127.0.0.1:8627":           false,
		"http://[::1]:8627":               false,
		"http://localhost:8627":           false,
		"https://reportsync.acme.example": false,
		"http://reportsync.acme.example":  true,
		"http://10.0.0.7:8627":            true,
	} {
		if got := inClear(endpoint); got != want {
			t.Errorf("inClear(%q) = %v, want %v", endpoint, got, want)
		}
	}
}

func TestProviderModelDefaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model   providerModel
		timeout time.Duration
		retries int
	}{
		{providerModel{}, 0, 0}, // the client's own defaults
		{providerModel{RequestTimeout: types.StringValue("90s"), MaxRetries: types.Int64Value(7)}, 90 * time.Second, 7},
		{providerModel{MaxRetries: types.Int64Value(0)}, 0, -1}, // none, which the client spells so
	} {
		if timeout, retries := c.model.timeout(), c.model.retries(); timeout != c.timeout || retries != c.retries {
			t.Errorf("%v: timeout %s, retries %d; want %s, %d", c.model, timeout, retries, c.timeout, c.retries)
		}
	}
}
