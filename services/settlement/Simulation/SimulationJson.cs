using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using MedInsure.Kernel;

namespace MedInsure.Settlement.Simulation;

/// <summary>A simulation for programs: money in yuan with two decimals, persons masked. After a sample the sums are estimates and each change has its bound beside it.</summary>
internal sealed class SimulationJson(SimulationOutcome outcome, Utf8JsonWriter json)
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };
    private readonly SimulationEstimate estimate = outcome.Estimate;
    private readonly SimulationTotals totals = outcome.Totals;

    public static void Write(SimulationOutcome outcome, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream, Options);
        new SimulationJson(outcome, json).Write();
    }

    private void Write()
    {
        var request = outcome.Request;
        json.WriteStartObject();
        Policy("draft", request.Scope.Draft);
        json.WriteString("base", request.Base switch { SimulationBase.Published => "published", SimulationBase.Booked => "booked", _ => "file" });
        if (request.BaseFile is { } file) Policy("base_file", file);
        json.WriteString("from", $"{request.Scope.From:yyyy-MM-dd}");
        json.WriteString("to", $"{request.Scope.To:yyyy-MM-dd}");
        json.WriteStartArray("counties");
        foreach (var county in request.Counties) json.WriteStringValue(county.Code);
        json.WriteEndArray();
        json.WriteBoolean("exact", estimate.IsExact);
        json.WriteNumber("persons_in_period", outcome.Persons);
        json.WriteNumber("persons_computed", outcome.Drawn);
        if (request.Sample is not null) json.WriteNumber("seed", request.Seed);
        json.WriteNumber("settlements_computed", totals.Computed);
        json.WriteStartObject("total");
        Effect(totals.All);
        json.WriteEndObject();
        json.WriteStartObject("outside_period");
        json.WriteNumber("settlements_changed", estimate.Of(totals.OutsideChanged));
        Yuan("fund_change", estimate.Of(totals.Outside.Fund));
        Yuan("person_change", estimate.Of(totals.Outside.Person));
        json.WriteEndObject();
        json.WriteStartArray("by_layer");
        for (var payer = PaidBy.BasicFund; payer <= PaidBy.Cash; payer++)
        {
            json.WriteStartObject();
            json.WriteString("payer", JsonNamingPolicy.SnakeCaseLower.ConvertName(payer.ToString()));
            json.WriteString("label", SimulationLabels.Of(payer).Trim());
            Change("", totals.Before.Of(payer), totals.After.Of(payer), totals.SquaresOf(payer));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Groups("by_county", totals.Counties.Groups, k => k);
        Groups("by_level", totals.Levels.Groups, SimulationLabels.Level);
        Groups("by_kind", totals.MedTypes.Groups, SimulationLabels.MedType);
        Groups("by_category", totals.Categories.Groups, SimulationLabels.Category);
        Groups("by_burden", totals.Burdens.Where(b => b.Persons > 0), k => SimulationLabels.Burden(int.Parse(k, null)));
        Households();
        Settlements();
        Persons();
        json.WriteEndObject();
    }

    private void Policy(string name, Policies.BenefitPolicy policy)
    {
        json.WriteStartObject(name);
        json.WriteString("pack", policy.Pack);
        json.WriteString("version", policy.Version);
        json.WriteString("sha256", Convert.ToHexStringLower(policy.ContentHash));
        json.WriteEndObject();
    }

    private void Groups(string name, IEnumerable<Effect> groups, Func<string, string> label)
    {
        json.WriteStartArray(name);
        foreach (var group in groups)
        {
            json.WriteStartObject();
            json.WriteString("key", group.Key);
            json.WriteString("label", label(group.Key));
            Effect(group);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Effect(Effect effect)
    {
        json.WriteNumber("settlements", estimate.Of(effect.Settlements));
        json.WriteNumber("settlements_changed", estimate.Of(effect.Changed));
        json.WriteNumber("persons", estimate.Of(effect.Persons));
        Change("fund_", effect.FundBefore, effect.FundAfter, effect.FundSquares);
        Change("person_", effect.PersonBefore, effect.PersonAfter, effect.PersonSquares);
        json.WriteNumber("persons_paying_less", estimate.Of(effect.Gaining));
        Yuan("less", estimate.Of(effect.Gain));
        json.WriteNumber("persons_paying_more", estimate.Of(effect.Losing));
        Yuan("more", estimate.Of(effect.Loss));
    }

    private void Change(string prefix, long before, long after, Int128 squares)
    {
        Yuan(prefix + "before", estimate.Of(before));
        Yuan(prefix + "after", estimate.Of(after));
        Yuan(prefix + "change", estimate.Of(after - before));
        if (!estimate.IsExact && estimate.Bound(after - before, squares) is { } bound) Yuan(prefix + "change_bound_95", bound);
    }

    private void Households()
    {
        if (outcome.Request.Households is not { } households) return;
        json.WriteNumber("household_limit_percent", Simulation.Households.LimitPercent);
        json.WriteStartArray("households");
        foreach (var b in households.Burdens())
        {
            json.WriteStartObject();
            json.WriteNumber("year", b.Year);
            json.WriteNumber("known", b.Known);
            json.WriteNumber("with_settlements", b.WithSettlements);
            json.WriteNumber("above_before", b.AboveBefore);
            json.WriteNumber("above_after", b.AboveAfter);
            json.WriteNumber("no_longer_above", b.Relieved);
            json.WriteNumber("newly_above", b.Added);
            Yuan("excess_before", b.ExcessBefore);
            Yuan("excess_after", b.ExcessAfter);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Settlements()
    {
        json.WriteStartArray("settlements_that_change_most");
        foreach (var s in totals.TopSettlements.Items)
        {
            json.WriteStartObject();
            json.WriteString("setl_id", s.SetlId);
            json.WriteString("psn_no_masked", PersonalData.MaskCertificate(s.PsnNo));
            json.WriteString("county", s.County);
            json.WriteString("policy_on", $"{s.PolicyOn:yyyy-MM-dd}");
            json.WriteString("policy_level", s.Level);
            json.WriteString("med_type", s.MedType);
            Yuan("total", s.Total);
            Both(s.Before, s.After);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Persons()
    {
        json.WriteStartArray("persons_that_change_most");
        foreach (var p in totals.TopPersons.Items)
        {
            json.WriteStartObject();
            json.WriteString("psn_no_masked", PersonalData.MaskCertificate(p.PsnNo));
            json.WriteString("county", p.County);
            json.WriteNumber("settlements", p.Settlements);
            Both(p.Before, p.After);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void Both(in PaidSums before, in PaidSums after)
    {
        Yuan("fund_before", before.Fund);
        Yuan("fund_after", after.Fund);
        Yuan("person_before", before.Person);
        Yuan("person_after", after.Person);
    }

    private void Yuan(string name, long fen) => json.WriteNumber(name, fen * 0.01m);
}
