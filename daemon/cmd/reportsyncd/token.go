package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/reportsync/terraform-provider-reportsync/internal/api"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

var roles = []reportsync.Role{reportsync.RoleViewer, reportsync.RoleOperator, reportsync.RoleAdmin}

func (p *program) tokenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Manage the tokens of the config API",
		Args:  cobra.ArbitraryArgs,
		RunE:  group,

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(p.tokenCreateCommand(), p.tokenListCommand(), p.tokenDeleteCommand())
	return cmd
}

func (p *program) tokenCreateCommand() *cobra.Command {
	var role string
	var lifetime time.Duration
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create NAME",
		Short: "Make a token and print it, this once",
		Args:  one("the name of the token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted, err := oneOf("--role", reportsync.Role(role), roles)
			if err != nil {
				return err
			}
			spec := reportsync.TokenSpec{Name: args[0], Role: wanted}
			if lifetime != 0 {
				ends := time.Now().Add(lifetime).UTC().Truncate(time.Second)
				spec.ExpiresAt = &ends
			}
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			token, err := client.CreateToken(cmd.Context(), spec)
			if err != nil {
				return err
			}
			if asJSON {
				return p.printJSON(token)
			}
			// Nothing but the token, so that it can be redirected into a file.
			_, err = fmt.Fprintln(p.out, token.Secret)
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&role, "role", string(reportsync.RoleViewer), "how far it reaches: "+join(roles))
	flags.DurationVar(&lifetime, "expires-in", 0, "how long it is good for, such as 720h; 0 for no end")
	flags.BoolVar(&asJSON, "json", false, "show the token with its description as JSON")
	return cmd
}

func (p *program) tokenListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List tokens; what they are made of is never shown again",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			tokens, err := api.Collect(client.Tokens(cmd.Context()))
			if err != nil {
				return err
			}
			if asJSON {
				return printList(p, tokens)
			}
			rows := [][]string{{"ID", "NAME", "ROLE", "CREATED (UTC)", "EXPIRES (UTC)"}}
			for _, t := range tokens {
				rows = append(rows, []string{t.ID, t.Name, string(t.Role), moment(&t.CreatedAt, ""), moment(t.ExpiresAt, "")})
			}
			return table(p.out, rows)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "show the tokens as JSON")
	return cmd
}

func (p *program) tokenDeleteCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "delete TOKEN",
		Short: "Delete a token, given by name or id",
		Args:  one("the name or id of a token"),
		RunE: func(cmd *cobra.Command, args []string) error {
			client, err := p.connect()
			if err != nil {
				return err
			}
			defer client.Close()
			token, err := findToken(cmd.Context(), client, args[0])
			if err != nil {
				return err
			}
			return client.DeleteToken(cmd.Context(), token.ID)
		},
	}
}

// findToken finds a token by id or by name.
func findToken(ctx context.Context, client *api.Client, nameOrID string) (reportsync.Token, error) {
	var names []string
	for t, err := range client.Tokens(ctx) {
		if err != nil {
			return reportsync.Token{}, err
		}
		if t.ID == nameOrID || t.Name == nameOrID {
			return t, nil
		}
		names = append(names, t.Name)
	}
	return reportsync.Token{}, reportsync.Errorf(reportsync.CodeNotFound, "there is no token %q%s", nameOrID, reportsync.DidYouMean(nameOrID, names))
}
