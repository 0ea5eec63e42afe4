using Distillation.Keras.Conformance;

namespace Distillation.Keras.Tests.Conformance;

/// <summary>The conformance program's cases, run over the copies of the fixture files.</summary>
public class ConformanceTests
{
    private static string[] Files => FixtureFiles.All;

    [TestCaseSource(nameof(Files))]
    public void Nothing_differs_from_Keras_but_what_differs_on_purpose(string file)
    {
        IReadOnlyList<CaseResult> results = FixtureFiles.Run(file).Results;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(results, Is.Not.Empty);
            Assert.That(results.Where(r => r.State == CaseState.Failed).Select(r => $"{r.Case}: {r.Why}"), Is.Empty);
        }
    }

    // They are other people's, and lie beside the repository where they are at all.
    [Test]
    public void Model_files_that_other_people_made_compute_what_Keras_computes()
    {
        string file = Path.Combine(Repository.Root, "..", "shared", "models", FixtureForm.Files["goldens"]);
        if (!File.Exists(file))
        {
            Assert.Ignore($"There is no {file}.");
        }

        IReadOnlyList<CaseResult> results = Runner.Default.Run(Fixture.Load("goldens", file));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(results.Count(r => r.State == CaseState.Passed), Is.GreaterThanOrEqualTo(20));
            Assert.That(results.Where(r => r.State == CaseState.Failed).Select(r => $"{r.Case}: {r.Why}"), Is.Empty);
        }
    }

    [Test]
    public void Every_known_difference_names_a_case_that_there_is_and_that_differs()
    {
        IEnumerable<string> files = Runner
            .Default.Known.Reasons.Select(r => r.Key[..r.Key.IndexOf('/', StringComparison.Ordinal)])
            .Distinct();
        IEnumerable<CaseResult> results = files.SelectMany(f => FixtureFiles.Run(f).Results);

        IEnumerable<string> known = results.Where(r => r.State == CaseState.Known).Select(r => $"{r.File}/{r.Case}");

        Assert.That(Runner.Default.Known.Reasons.Select(r => r.Key), Is.EquivalentTo(known));
    }

    [Test]
    public void The_copies_hold_all_files_that_the_program_knows_but_those_of_other_formats() =>
        Assert.That(FixtureForm.Files.Keys.Except(FixtureFiles.All), Is.EquivalentTo((string[])["onnx", "goldens"]));
}
