package reportsync

import "time"

// Role says how far a token reaches. Each role includes those before it.
type Role string

// The roles.
const (
	RoleViewer   Role = "viewer"   // reads configuration, runs and logs
	RoleOperator Role = "operator" // starts and cancels runs, sees row outcomes, tests connections and checks integrations
	RoleAdmin    Role = "admin"    // configures
)

var roleRank = map[Role]int{RoleViewer: 1, RoleOperator: 2, RoleAdmin: 3}

// Includes reports whether r reaches as far as want does.
func (r Role) Includes(want Role) bool { return roleRank[r] >= roleRank[want] && roleRank[want] > 0 }

// TokenSpec asks for a token.
type TokenSpec struct {
	Name      string     `json:"name" doc:"What the token is for; unique" example:"terraform-ci"`
	Role      Role       `json:"role" enum:"viewer,operator,admin" doc:"How far it reaches"`
	ExpiresAt *time.Time `json:"expires_at,omitempty" doc:"When it ends; never, if left out"`
}

// Token describes a token. The token itself is shown once, when it is made.
type Token struct {
	ID        string    `json:"id" readOnly:"true"`
	CreatedAt time.Time `json:"created_at" readOnly:"true"`
	TokenSpec
}

// Validate reports everything that is wrong with the spec, as of now.
func (t TokenSpec) Validate(now time.Time) error {
	var v validator
	v.name(t.Name)
	v.oneOf("/role", string(t.Role), string(RoleViewer), string(RoleOperator), string(RoleAdmin))
	if t.ExpiresAt != nil && !t.ExpiresAt.After(now) {
		v.add("/expires_at", "%s has passed", t.ExpiresAt.UTC().Format(time.RFC3339))
	}
	return v.err("token " + quoteName(t.Name))
}
