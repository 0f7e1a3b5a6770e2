namespace MedInsure.Enrollment.Persons;

/// <summary>
/// Ends cover on a day, which is the last one covered: later periods never held and go. What was credited with them moves to the scheme's last period before,
/// so that the sum of credits stays; where there is none, nobody may end the cover that way.
/// </summary>
internal static class EndCover
{
    private const string Asked = "(SELECT * FROM unnest($1::text[], $2::date[]) AS u (psn_no, last_on)) k";

    /// <param name="insutype">Empty: every scheme.</param>
    /// <returns>Persons whose credits would have no period left to stay with.</returns>
    public static Task<List<string>> Homeless(HeldCounty county, string[] psnNos, DateOnly[] lastDays, string insutype, CancellationToken cancellation) => county.Rows($"""
        SELECT DISTINCT c.psn_no FROM coverage c JOIN {Asked} USING (psn_no)
        WHERE ($3 = '' OR c.insutype = $3) AND c.from_on > k.last_on AND c.account_credit_fen > 0
          AND NOT EXISTS (SELECT FROM coverage b WHERE b.psn_no = c.psn_no AND b.insutype = c.insutype AND b.from_on <= k.last_on)
        """, r => r.GetString(0), cancellation, psnNos, lastDays, insutype);

    /// <returns>How many periods ended or went.</returns>
    public static async Task<int> Run(HeldCounty county, string[] psnNos, DateOnly[] lastDays, string insutype, CancellationToken cancellation)
    {
        await county.Run($"""
            UPDATE coverage c SET account_credit_fen = c.account_credit_fen + moved.fen
            FROM (
                SELECT l.psn_no, l.insutype, sum(l.account_credit_fen)::bigint AS fen,
                    (SELECT max(from_on) FROM coverage b WHERE b.psn_no = l.psn_no AND b.insutype = l.insutype AND b.from_on <= k.last_on) AS from_on
                FROM coverage l JOIN {Asked} USING (psn_no) WHERE ($3 = '' OR l.insutype = $3) AND l.from_on > k.last_on GROUP BY l.psn_no, l.insutype, k.last_on
            ) moved WHERE c.psn_no = moved.psn_no AND c.insutype = moved.insutype AND c.from_on = moved.from_on AND moved.fen > 0
            """, cancellation, psnNos, lastDays, insutype);
        var gone = await county.Run($"DELETE FROM coverage c USING {Asked} WHERE c.psn_no = k.psn_no AND ($3 = '' OR c.insutype = $3) AND c.from_on > k.last_on", cancellation, psnNos, lastDays, insutype);
        return gone + await county.Run($"UPDATE coverage c SET to_on = k.last_on FROM {Asked} WHERE c.psn_no = k.psn_no AND ($3 = '' OR c.insutype = $3) AND (c.to_on IS NULL OR c.to_on > k.last_on)", cancellation, psnNos, lastDays, insutype);
    }
}
