using System.Globalization;
using MedInsure.Kernel;
using MedInsure.Settlement.PolicyLife;

namespace MedInsure.Settlement.Tests.PolicyLife;

/// <summary>What follows from the acts: a version's state, and the policy dates that it decides.</summary>
[Trait("Category", "Unit")]
public sealed class PolicyDraftTests
{
    private const string City = "990000", County = "990001", OtherCounty = "990002";

    private static DateOnly Day(string day) => DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>A published version; its number is that of its publication too.</summary>
    private static PolicyDraft Published(int no, string from, string? to = null, string scope = City, string pack = "p/r") => new(no, scope, pack, no.ToString(CultureInfo.InvariantCulture),
        [new PolicyRevision(1, "", Day(from), to is null ? null : Day(to), "")],
        [new PolicyAct(no * 10, 1, PolicyAct.Drafted, "a", "", default), new PolicyAct(no * 10 + 1, 1, PolicyAct.Published, "b", "", default)]);

    private static string Decides(PolicyDraft draft, params PolicyDraft[] all) => string.Join(' ', draft.Decides(all, City).Select(d => $"{d.From:yyyy-MM-dd}..{d.To:yyyy-MM-dd}"));

    [Fact]
    public void VersionAlone_DecidesWhileItIsInForce()
    {
        Assert.Equal("2026-01-01..", Decides(Published(1, "2026-01-01")));
        Assert.Equal("2026-01-01..2026-12-31", Decides(Published(1, "2026-01-01", "2026-12-31")));
    }

    [Fact]
    public void LaterVersion_TakesItsDays()
    {
        var first = Published(1, "2020-01-01");
        Assert.Equal("2020-01-01..2026-12-31", Decides(first, first, Published(2, "2027-01-01")));
        Assert.Equal("2020-01-01..2026-12-31 2028-01-01..", Decides(first, first, Published(2, "2027-01-01", "2027-12-31")));
        Assert.Equal("", Decides(first, first, Published(2, "2019-01-01")));
        Assert.Equal("2020-01-01..2024-12-31 2026-01-01..2026-06-30 2027-01-01..", Decides(first, first, Published(2, "2025-01-01", "2025-12-31"), Published(3, "2026-07-01", "2026-12-31")));
    }

    [Fact]
    public void WhatWasPublishedBefore_OfAnotherPackOrACounty_TakesNothing()
    {
        var version = Published(5, "2026-01-01");
        Assert.Equal("2026-01-01..", Decides(version, version, Published(2, "2020-01-01"), Published(6, "2026-01-01", pack: "p/e"), Published(7, "2026-01-01", scope: County)));
    }

    [Fact]
    public void CountysOwnVersion_GivesWayToItsNextAndToTheCitysNext()
    {
        var own = Published(5, "2026-01-01", scope: County);
        Assert.Equal("2026-01-01..", Decides(own, Published(2, "2020-01-01"), own, Published(6, "2026-01-01", scope: OtherCounty)));
        Assert.Equal("2026-01-01..2026-06-30", Decides(own, own, Published(6, "2026-07-01", scope: County)));
        Assert.Equal("2026-01-01..2026-06-30", Decides(own, own, Published(6, "2026-07-01")));
    }

    [Theory]
    [InlineData("2026-12-31", "published")]
    [InlineData("2027-01-01", "superseded")] // it decides 2026 still, but no day to come
    public void Superseded_FromTheDayOnWhichItDecidesNothingToCome(string today, string state)
    {
        var (first, second) = (Published(1, "2020-01-01"), Published(2, "2027-01-01"));
        Assert.Equal(state, first.StateOn(Day(today), [first, second], City));
        Assert.Equal("published", second.StateOn(Day(today), [first, second], City));
    }

    [Fact]
    public void Draft_DecidesNothing()
    {
        var draft = Published(1, "2020-01-01") with { Acts = [new PolicyAct(1, 1, PolicyAct.Drafted, "a", "", default)] };
        Assert.Empty(draft.Decides([draft], City));
        Assert.Equal("draft", draft.StateOn(Day("2030-01-01"), [draft], City));
    }

    [Fact]
    public void ReviewsAndApprovals_CountForTheirOwnTextOnly()
    {
        var draft = Published(1, "2020-01-01") with
        {
            Revisions = [new PolicyRevision(1, "a", Day("2020-01-01"), null, ""), new PolicyRevision(2, "b", Day("2020-01-01"), null, "")],
            Acts =
            [
                new PolicyAct(1, 1, PolicyAct.Drafted, "a", "", default), new PolicyAct(2, 1, PolicyAct.Reviewed, "b", "", default), new PolicyAct(3, 1, PolicyAct.Approved, "c", "", default),
                new PolicyAct(4, 1, PolicyAct.Approved, "d", "", default), new PolicyAct(5, 2, PolicyAct.Revised, "e", "", default), new PolicyAct(6, 2, PolicyAct.Reviewed, "b", "", default),
            ],
        };
        Assert.Equal("reviewed", draft.State);
        Assert.Equal(["a", "e"], draft.Drafters);
    }
}
