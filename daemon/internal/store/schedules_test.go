package store_test

import (
	"testing"
	"time"

	"github.com/reportsync/terraform-provider-reportsync/daemon/internal/store"
	"github.com/reportsync/terraform-provider-reportsync/internal/reportsync"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		in := b.integration("daily")
		for name, change := range map[string]func(*reportsync.IntegrationSpec){
			"disabled": func(s *reportsync.IntegrationSpec) { s.Enabled = new(false) },
			"manual":   func(s *reportsync.IntegrationSpec) { s.Schedule = new(reportsync.ManualSchedule) },
		} {
			spec := b.integrationSpec(name)
			change(&spec)
			must(b.CreateIntegration(ctx, spec))(t)
		}
		state := func() store.ScheduleState {
			t.Helper()
			all := must(b.Schedules(ctx))(t)
			if len(all) != 1 || all[0].IntegrationID != in.ID || all[0].Spec.Name != "daily" {
				t.Fatalf("schedules: %+v", all)
			}
			return all[0]
		}
		fresh := state()
		if some := must(b.Schedules(ctx, "int_missing", in.ID))(t); len(some) != 1 || some[0].IntegrationID != in.ID {
			t.Errorf("asked for one: %+v", some)
		}
		if none := must(b.Schedules(ctx, "int_missing"))(t); len(none) != 0 {
			t.Errorf("asked for a missing one: %+v", none)
		}
		if age := time.Since(fresh.Anchor); fresh.LastSlot != nil || fresh.LiveRun || age < 0 || age > time.Minute {
			t.Errorf("a new one is %+v", fresh)
		}
		run := must(b.CreateRun(ctx, reportsync.NewRun{IntegrationID: in.ID, Trigger: reportsync.TriggerSchedule, Slot: &slot}))(t)
		if got := state(); !got.LiveRun || got.LastSlot == nil || !got.LastSlot.Equal(slot) || !got.Anchor.Equal(fresh.Anchor) {
			t.Errorf("with a live run it is %+v", got)
		}
		must(b.RequestCancel(ctx, run.ID, "somebody"))(t)
		if got := state(); got.LiveRun || !got.LastSlot.Equal(slot) {
			t.Errorf("after its run it is %+v", got)
		}
	})
}

// Slots from before a schedule was set, changed or switched on are nobody's business.
func TestScheduleAnchor(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, b *bundle) {
		ctx := t.Context()
		in := b.integration("daily")
		spec := in.IntegrationSpec
		anchor := func() time.Time {
			t.Helper()
			return must(b.Schedules(ctx))(t)[0].Anchor
		}
		for _, step := range []struct {
			name   string
			change func()
			moves  bool
		}{
			{"another object", func() { spec.Object = "Lead" }, false},
			{"the defaults spelt out", func() {
				spec.Schedule, spec.TimeZone, spec.Enabled = new(reportsync.DefaultSchedule), new("UTC"), new(true)
			}, false},
			{"another hour", func() { spec.Schedule = new("0 10 * * *") }, true},
			{"another zone", func() { spec.TimeZone = new("Europe/Berlin") }, true},
		} {
			before := anchor()
			step.change()
			must(b.ReplaceIntegration(ctx, in.ID, 0, spec))(t)
			if moved := anchor().After(before); moved != step.moves {
				t.Errorf("%s: the anchor moved: %v", step.name, moved)
			}
		}
		before := anchor()
		spec.Enabled = new(false)
		must(b.ReplaceIntegration(ctx, in.ID, 0, spec))(t)
		if all := must(b.Schedules(ctx))(t); len(all) != 0 {
			t.Errorf("switched off it is still scheduled: %+v", all)
		}
		spec.Enabled = nil
		must(b.ReplaceIntegration(ctx, in.ID, 0, spec))(t)
		if !anchor().After(before) {
			t.Error("switched on again it would catch up with what it missed")
		}
	})
}
