using System.Text;
using System.Text.RegularExpressions;

namespace MedInsure.Repo.Tests;

/// <summary>C# source as the rules read it.</summary>
public static partial class SourceText
{
    /// <summary>Comments become spaces, strings stay (SQL is code too); line numbers stay.</summary>
    public static string WithoutComments(string source) => Token().Replace(source, m => m.Value.StartsWith('/') ? Blank(m.Value) : m.Value);

    private static string Blank(string comment)
    {
        var blank = new StringBuilder(comment.Length);
        foreach (var c in comment) blank.Append(c == '\n' ? '\n' : ' ');
        return blank.ToString();
    }

    /// <summary>Lines matching outside comments, unless that line or the one before says why with <paramref name="marker"/> followed by a reason.</summary>
    public static IEnumerable<string> Findings(RepositoryTree tree, string path, Regex pattern, string? marker)
    {
        var source = tree.Text(path).Split('\n');
        var code = WithoutComments(tree.Text(path)).Split('\n');
        for (var i = 0; i < code.Length; i++)
        {
            if (!pattern.IsMatch(code[i])) continue;
            if (marker is not null && (Explains(source[i], marker) || (i > 0 && Explains(source[i - 1], marker)))) continue;
            yield return $"{path}:{i + 1}: {source[i].Trim()}";
        }
    }

    private static bool Explains(string line, string marker)
    {
        var at = line.IndexOf("// " + marker, StringComparison.Ordinal);
        return at >= 0 && line[(at + 3 + marker.Length)..].Trim(' ', ':', '.').Length >= 10;
    }

    // Raw strings, verbatim strings, strings, characters, then comments: what opens first wins, so a // inside a string is none.
    [GeneratedRegex("""
        ("{3,})(?s:.*?)\1|[$]?@[$]?"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.[^'\n]*)'|//[^\n]*|/\*(?s:.*?)\*/
        """, RegexOptions.None, 5000)]
    private static partial Regex Token();
}
