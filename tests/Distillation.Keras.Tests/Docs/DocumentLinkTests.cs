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
            .. Link()
                .Matches(File.ReadAllText(Path.Combine(Repository.Root, document)))
                .Select(m => m.Groups[1].Value)
                .Where(t => !t.Contains("://", StringComparison.Ordinal) && !t.StartsWith('#'))
                .Select(t => Path.Combine(folder, t.Split('#')[0]))
                .Where(p => !File.Exists(p) && !Directory.Exists(p)),
        ];
        Assert.That(broken, Is.Empty);
    }

    [Test]
    public void The_packages_have_a_readme_of_their_own_without_links_into_the_repository()
    {
        string[] links =
        [
            .. Link()
                .Matches(File.ReadAllText(Path.Combine(Repository.Root, CodeOfDocuments.PackageReadme)))
                .Select(m => m.Groups[1].Value),
        ];
        Assert.That(links, Is.Not.Empty.And.All.StartsWith("https://"));
        Assert.That(
            File.ReadAllText(Path.Combine(Repository.Root, "src", "Directory.Build.props")),
            Does.Contain("<PackageReadmeFile>README.md</PackageReadmeFile>")
                .And.Contain("""(MSBuildThisFileDirectory)PACKAGE.md" Pack="true" PackagePath="README.md" """)
        );
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
