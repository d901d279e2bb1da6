package salesforce_test

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/salesforce"
)

// tripper is a round tripper from a function.
type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// silentBody never has a byte to give, until its request ends.
type silentBody struct{ sent *http.Request }

func (s silentBody) Read([]byte) (int, error) {
	<-s.sent.Context().Done()
	return 0, s.sent.Context().Err()
}

func (silentBody) Close() error { return nil }

func TestSilenceIsCut(t *testing.T) {
	t.Parallel()
	for name, silence := range map[string]tripper{
		"before the header": func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		},
		"in the body": func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: silentBody{r}, Request: r}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				org := newOrg(t, nil)
				client := org.client(func(c *salesforce.Config) {
					c.Transport = tripper(func(r *http.Request) (*http.Response, error) {
						if r.Method == http.MethodPost {
							return org.RoundTrip(r)
						}
						return silence(r)
					})
				})
				began := time.Now()
				_, err := client.Limits(t.Context())
				wantError(t, err, salesforce.CodeUnreachable, "silent for 3m")
				if took := time.Since(began); took < 15*time.Minute || took > 16*time.Minute {
					t.Errorf("gave up after %s, want five times three minutes", took)
				}
			})
		})
	}
}

func TestSlowReaderIsNotCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := newOrg(t, finishedQuery("\"Id\"\n\"a\"\n\"b\"\n", 2))
		rows := 0
		for _, err := range bulkQuery(t.Context(), org.client(nil), "SELECT Id FROM Contact", []string{"Id"}) {
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			rows++
		}
		if rows != 2 {
			t.Errorf("%d rows, want 2", rows)
		}
	})
}

func TestUploadKeepsItsLength(t *testing.T) {
	t.Parallel()
	org := newOrg(t, nil)
	var length int64
	client := org.client(func(c *salesforce.Config) {
		c.Transport = tripper(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPut {
				length = r.ContentLength
				n, _ := io.Copy(io.Discard, r.Body)
				if n != length {
					t.Errorf("announced %d bytes and sent %d", length, n)
				}
				return &http.Response{StatusCode: http.StatusCreated, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
			}
			return org.RoundTrip(r)
		})
	})
	if err := uploadRows(t.Context(), client, openJob(), oneRow()); err != nil {
		t.Fatal(err)
	}
	if length <= 0 {
		t.Errorf("length %d, want the body's: Salesforce takes no chunked uploads of unknown size", length)
	}
}
