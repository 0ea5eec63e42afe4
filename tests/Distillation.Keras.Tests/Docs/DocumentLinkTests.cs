using System.Text.RegularExpressions;

namespace Distillation.Keras.Tests.Docs;

/// <summary>Links within the repository.</summary>
public sealed partial class DocumentLinkTests
{
    [TestCaseSource(typeof(CodeOfDocuments), nameof(CodeOfDocuments.Documents))]
    public void Every_link_leads_to_a_file_of_the_repository(string document)
    {
        string folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;
        string[] broken =
        [
            .. Link().Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
                .Select(m => m.Groups[1].Value)
                .Where(t => !t.Contains("://", StringComparison.Ordinal) && !t.StartsWith('#'))
                .Select(t => Path.Combine(folder, t.Split('#')[0]))
                .Where(p => !File.Exists(p) && !Directory.Exists(p)),
        ];
        Assert.That(broken, Is.Empty);
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
