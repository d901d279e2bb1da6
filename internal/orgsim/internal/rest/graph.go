package rest

import (
	"net/http"

	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/sferr"
	"github.com/reportsync/terraform-provider-reportsync/internal/orgsim/internal/web"
)

// The limits of a composite graph request (REST API guide: composite graph).
const (
	maxNodes  = 500
	maxGraphs = 75
)

type graphRequest struct {
	Graphs []struct {
		ID       string       `json:"graphId"`
		Requests []subrequest `json:"compositeRequest"`
	} `json:"graphs"`
}

type graphAnswer struct {
	ID         string          `json:"graphId"`
	Response   compositeAnswer `json:"graphResponse"`
	Successful bool            `json:"isSuccessful"`
}

// graph carries out graphs of subrequests, each of which succeeds or fails as a
// whole.
func (a *API) graph(c *web.Call) {
	var request graphRequest
	if !c.ReadJSON(&request) {
		return
	}
	if refused := request.check(); refused != nil {
		c.Fail(http.StatusBadRequest, refused)
		return
	}
	answers := make([]graphAnswer, 0, len(request.Graphs))
	for _, g := range request.Graphs {
		got, ok := a.runComposite(c, g.Requests, true)
		answers = append(answers, graphAnswer{ID: g.ID, Response: compositeAnswer{got}, Successful: ok})
	}
	c.JSON(http.StatusOK, map[string][]graphAnswer{"graphs": answers})
}

func (r *graphRequest) check() *sferr.Error {
	if n := len(r.Graphs); n == 0 || n > maxGraphs {
		return sferr.New("LIMIT_EXCEEDED", "A request holds 1 to %d graphs, not %d", maxGraphs, n)
	}
	nodes, seen := 0, map[string]bool{}
	for _, g := range r.Graphs {
		if g.ID == "" || seen[g.ID] {
			return sferr.New("JSON_PARSER_ERROR", "Each graph has a graphId of its own: '%s'", g.ID)
		}
		seen[g.ID] = true
		nodes += len(g.Requests)
		if nodes > maxNodes {
			return sferr.New("LIMIT_EXCEEDED", "The number of nodes exceeds %d", maxNodes)
		}
		if refused := checkSubrequests(g.Requests, maxNodes); refused != nil {
			return refused
		}
	}
	return nil
}
