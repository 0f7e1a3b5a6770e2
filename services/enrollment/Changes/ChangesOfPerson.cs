using System.Text.Json;
using MedInsure.Enrollment.Identity;
using Npgsql;

namespace MedInsure.Enrollment.Changes;

/// <summary>Everything that was changed of a person by somebody, the oldest first: under any of the person's numbers, asked for, granted and refused.</summary>
internal static class ChangesOfPerson
{
    /// <param name="Kind">key_data, other_data, retirement, death, death_undoing, transfer, merge, category.</param>
    /// <param name="SecondBy">Who decided, where two people are needed.</param>
    public sealed record Step(DateTimeOffset At, string Kind, string PsnNo, string State, string By, string? SecondBy, string Why, string Evidence, JsonElement What);

    private const string Sql = $"""
        SELECT * FROM (
            SELECT proposed_at AS at, 1 AS place, kind, psn_no, state, proposed_by, decided_by, why, evidence, jsonb_build_object('before', before, 'after', after)::text
            FROM person_change WHERE psn_no IN {IdentityRefusals.NumbersSql}
            UNION ALL
            SELECT recorded_at, 2, 'death', psn_no, CASE WHEN is_undone THEN 'undone' ELSE 'recorded' END, recorded_by, NULL, '', evidence, jsonb_build_object('death_no', death_no, 'died_on', died_on)::text
            FROM person_death WHERE psn_no IN {IdentityRefusals.NumbersSql}
            UNION ALL
            SELECT u.proposed_at, 3, 'death_undoing', d.psn_no, u.state, u.proposed_by, u.decided_by, u.why, u.evidence, jsonb_build_object('death_no', d.death_no)::text
            FROM death_undoing u JOIN person_death d USING (death_no) WHERE d.psn_no IN {IdentityRefusals.NumbersSql}
            UNION ALL
            SELECT proposed_at, 4, 'transfer', psn_no, state, proposed_by, decided_by, '', papers,
                jsonb_build_object('transfer_no', transfer_no, 'insutype', insutype, 'direction', direction, 'other_area', other_area, 'transferred_on', transferred_on)::text
            FROM area_transfer WHERE psn_no IN {IdentityRefusals.NumbersSql}
            UNION ALL
            SELECT proposed_at, 5, 'merge', retired_no, state, proposed_by, decided_by, why, '', jsonb_build_object('merge_no', merge_no, 'surviving_no', surviving_no)::text
            FROM person_merge WHERE retired_no IN {IdentityRefusals.NumbersSql} OR surviving_no IN {IdentityRefusals.NumbersSql}
            UNION ALL
            SELECT l.applied_at, 6, 'category', c.psn_no, c.action, l.authority, NULL, '', '', jsonb_build_object('name', c.name, 'effective_on', c.effective_on, 'list_no', c.list_no)::text
            FROM category_change c JOIN category_list l USING (list_no) WHERE c.psn_no IN {IdentityRefusals.NumbersSql}
        ) step ORDER BY at, place
        """;

    public static async Task<List<Step>> Read(NpgsqlDataSource database, string psnNo, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = psnNo });
        await using var r = await command.ExecuteReaderAsync(cancellation);
        var steps = new List<Step>();
        while (await r.ReadAsync(cancellation))
        {
            using var what = JsonDocument.Parse(r.GetString(9));
            steps.Add(new Step(r.GetFieldValue<DateTimeOffset>(0), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.IsDBNull(6) ? null : r.GetString(6), r.GetString(7), r.GetString(8), what.RootElement.Clone()));
        }
        return steps;
    }
}
