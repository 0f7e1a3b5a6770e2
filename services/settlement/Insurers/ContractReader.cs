using System.Collections.Frozen;
using MedInsure.Kernel;
using MedInsure.Protos.Insurer.V1;
using MedInsure.Settlement.Policies;

namespace MedInsure.Settlement.Insurers;

/// <summary>Reads a contract's file as strictly as a policy pack: an unknown key, a number without origin, bands that do not meet are refused with file and line.</summary>
internal sealed class ContractReader
{
    private static readonly TimeSpan DeadlineMax = TimeSpan.FromSeconds(1); // a patient waits

    private readonly PackNode root;
    private readonly HashSet<string> sources;

    private ContractReader(PackNode root)
    {
        this.root = root;
        sources = [.. root.Named("sources").Select(s => s.Key)];
        foreach (var (_, source) in root.Named("sources")) { _ = source.Text("file"); _ = source.Text("title"); source.Done(); }
    }

    /// <exception cref="PolicyFormatException">The file is no contract; names file and line.</exception>
    public static InsurerContract Read(string file, string text) => new ContractReader(PackNode.Parse(file, text)).Contract();

    private InsurerContract Contract()
    {
        var kind = root.Text("kind") switch
        {
            "critical_illness" => ContractKind.CriticalIllness,
            "supplement" => ContractKind.Supplement,
            var other => throw root.Error("kind", $"'{other}' is neither critical_illness nor supplement"),
        };
        var name = root.Child("name");
        var contract = new InsurerContract(
            root.Text("contract_no"), root.Text("insurer"), kind, name.Text("zh"), name.Text("en"), Division("city", root.Text("city")), Counties(), root.OptionalText("insutype"),
            root.Text("fund_pay_type"), Period(), root.OptionalFlag("personal_data") ?? false);
        name.Done();
        if (kind == ContractKind.CriticalIllness && !InsurerContract.LayerTypes.Contains(contract.FundPayType))
            throw root.Error("fund_pay_type", $"'{contract.FundPayType}' is no layer that an insurer underwrites: {string.Join(", ", InsurerContract.LayerTypes.Order(StringComparer.Ordinal))}");
        if (kind == ContractKind.CriticalIllness) contract = contract with { Premium = Premium(root.Child("premium")), Sharing = Sharing(root.Child("risk_sharing")) };
        else
        {
            Origin(root, required: true);
            contract = contract with { Supplement = Supplement(root.Child("supplement")) };
        }
        root.Done();
        return contract;
    }

    private string Division(string key, string text) => DivisionCode.TryParse(text, out _) ? text : throw root.Error(key, $"'{text}' is no division code");

    private FrozenSet<string>? Counties() => root.OptionalTexts("counties") switch
    {
        null => throw root.Error("'counties' is missing"),
        ["all"] => null,
        var codes => codes.Select(c => Division("counties", c)).ToFrozenSet(StringComparer.Ordinal),
    };

    private DatePeriod Period()
    {
        var from = root.OptionalDay("from") ?? throw root.Error("'from' is missing");
        var to = root.OptionalDay("to") ?? throw root.Error("'to' is missing");
        return to < from ? throw root.Error("to", "the end lies before the start") : new DatePeriod(from, to);
    }

    private PremiumTerms Premium(PackNode node)
    {
        var perHead = node.Child("per_head");
        Origin(perHead, required: true);
        var amount = perHead.Yuan("amount");
        perHead.Done();
        var counted = node.Child("head_count_on");
        Origin(counted, required: true);
        var on = DayOf(counted);
        counted.Done();
        var instalments = node.Child("instalments");
        Origin(instalments, required: true);
        var values = instalments.Children("values").Select(v =>
        {
            var due = v.Child("due");
            var instalment = new Instalment(DayOf(due), v.Percent("share"));
            due.Done();
            v.Done();
            return instalment;
        }).ToArray();
        if (values.Sum(v => v.Share.Value) != BasisPoints.Whole) throw instalments.Error("values", "the shares do not sum to 100 %");
        for (var i = 1; i < values.Length; i++)
            if (values[i].Due.In(2001) <= values[i - 1].Due.In(2001)) throw instalments.Error("values", "the instalments are not in order of their days");
        instalments.Done();
        node.Done();
        return new PremiumTerms(amount, on, values);
    }

    private static DayOfYear DayOf(PackNode node)
    {
        var (month, day) = (node.OptionalNumber("month") ?? throw node.Error("'month' is missing"), node.OptionalNumber("day") ?? throw node.Error("'day' is missing"));
        // 2001 is no leap year.
        return month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(2001, month) ? new DayOfYear(month, day) : throw node.Error($"{month}-{day} is no day of every year");
    }

    private SharingTerms Sharing(PackNode node)
    {
        Origin(node, required: true);
        var terms = new SharingTerms(node.Percent("operating_cost"), Steps(node, "gain"), Steps(node, "loss"));
        node.Done();
        return terms;
    }

    private static SharingStep[] Steps(PackNode node, string key)
    {
        var nodes = node.Children(key);
        if (nodes.Count == 0) throw node.Error($"'{key}' is missing");
        var steps = nodes.Select(n =>
        {
            var step = new SharingStep(n.Has("up_to") ? n.Percent("up_to") : null, n.Percent("fund_share"));
            n.Done();
            return step;
        }).ToArray();
        for (var i = 0; i < steps.Length; i++)
        {
            if (i == steps.Length - 1 != steps[i].UpTo is null) throw nodes[i].Error("the last band, and no other, has no upper end");
            if (i > 0 && steps[i].UpTo is { } end && end <= steps[i - 1].UpTo) throw nodes[i].Error("up_to", "the bands are not in order");
        }
        return steps;
    }

    private static SupplementTerms Supplement(PackNode node)
    {
        var deadline = TimeSpan.FromMilliseconds(node.OptionalNumber("deadline_ms") ?? throw node.Error("'deadline_ms' is missing"));
        if (deadline <= TimeSpan.Zero || deadline > DeadlineMax) throw node.Error("deadline_ms", $"a bill at the window waits between 1 and {DeadlineMax.TotalMilliseconds:F0} ms");
        var terms = new SupplementTerms(deadline, node.OptionalNumber("ask_days_max") ?? throw node.Error("'ask_days_max' is missing"));
        node.Done();
        return terms;
    }

    /// <summary>Every number comes from a source or says that it is assumed, and why.</summary>
    private void Origin(PackNode node, bool required)
    {
        var assumed = node.OptionalFlag("assumed") ?? false;
        if (assumed && node.OptionalText("reason") is null) throw node.Error("'reason' is missing: what is assumed says why");
        if (node.OptionalText("source") is { } source && !sources.Contains(source.Split([' ', ':'], 2)[0])) throw node.Error("source", $"'{source}' names none of the sources");
        if (required && !assumed && node.OptionalText("source") is null) throw node.Error("neither a source nor assumed: true");
    }
}
