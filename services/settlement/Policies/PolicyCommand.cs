namespace MedInsure.Settlement.Policies;

/// <summary>The command "policy lint FILE...": says all that is wrong with packs before anybody publishes them. Needs neither configuration nor database.</summary>
public static class PolicyCommand
{
    /// <returns>The exit code: 0 when nothing is wrong, 1 when something is, 2 when a file could not be read or nothing was asked.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output)
    {
        if (args is not ["lint", _, ..])
        {
            output.WriteLine("usage: policy lint FILE... | policy simulate … (says by itself how)");
            return 2;
        }
        var code = 0;
        foreach (var file in args.Skip(1))
        {
            string text;
            try
            {
                text = File.ReadAllText(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                output.WriteLine($"{file}: not read: {e.Message}");
                code = 2;
                continue;
            }
            var problems = PolicyLint.Check(file, text);
            foreach (var problem in problems) output.WriteLine(problem.Message);
            output.WriteLine(problems.Count switch { 0 => $"{file}: nothing wrong", 1 => $"{file}: 1 error", var n => $"{file}: {n} errors" });
            if (problems.Count > 0) code = Math.Max(code, 1);
        }
        return code;
    }
}
