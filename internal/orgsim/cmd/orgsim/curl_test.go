package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// curl understands as much of its namesake's command line as the guide uses, so
// that the guide's commands run where curl is not installed.
func curl() {
	var data, encoded, headers []string
	var method string
	var get, include, silent bool
	cmd := &cobra.Command{
		Use:          "curl URL",
		Args:         cobra.ExactArgs(1),
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			form := slices.Clone(data)
			for _, pair := range encoded {
				name, value, _ := strings.Cut(pair, "=")
				form = append(form, name+"="+url.QueryEscape(value))
			}
			address, body := args[0], strings.Join(form, "&")
			switch {
			case get:
				address, body = address+"?"+body, ""
			case body != "" && method == "":
				method = http.MethodPost
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), time.Minute)
			defer cancel()
			request, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
			if err != nil {
				return err
			}
			if body != "" {
				request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			for _, header := range headers {
				name, value, _ := strings.Cut(header, ":")
				request.Header.Set(name, strings.TrimSpace(value))
			}
			return exchange(request, include)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVarP(&data, "data", "d", nil, "")
	flags.StringArrayVar(&encoded, "data-urlencode", nil, "")
	flags.StringArrayVarP(&headers, "header", "H", nil, "")
	flags.StringVarP(&method, "request", "X", "", "")
	flags.BoolVarP(&get, "get", "G", false, "")
	flags.BoolVarP(&include, "include", "i", false, "")
	flags.BoolVarP(&silent, "silent", "s", false, "")
	if cmd.ExecuteContext(context.Background()) != nil {
		os.Exit(2)
	}
}

// exchange prints an answer, redirections as they are.
func exchange(request *http.Request, include bool) error {
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if include {
		fmt.Println(response.Proto, response.Status)
		if err := response.Header.Write(os.Stdout); err != nil {
			return err
		}
		fmt.Println()
	}
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
