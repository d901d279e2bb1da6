package salesforce

import (
	"context"
	"net/http"
)

// Limit is one of the org's limits, in the unit its name says.
type Limit struct {
	Max       int64 `json:"Max"`
	Remaining int64 `json:"Remaining"`
}

// Limits reads the org's limits by name, such as DailyApiRequests and DailyBulkApiBatches (older
// orgs: DailyBulkApiRequests). Which ones are there depends on the org and on the user's rights.
func (c *Client) Limits(ctx context.Context) (map[string]Limit, error) {
	const op = "read the org's limits"
	answer, err := c.do(ctx, call{op: op, method: http.MethodGet, target: c.org.data("limits")})
	if err != nil {
		return nil, err
	}
	limits := map[string]Limit{}
	if err := decode(op, answer, &limits); err != nil {
		return nil, err
	}
	return limits, nil
}
