using Distillation.Keras.Metrics;
using Distillation.Keras.Notebook;
using NumSharp;

namespace Distillation.Keras.Tests.Notebook;

public class DistillationMetricsTests
{
    // Two classes' halves: labels 0 and 1; p says 0 and 0; the teacher and p_T are far greater, and would win over both halves.
    private static readonly float[,] Targets =
    {
        { 1, 0, -9, 50 },
        { 0, 1, 50, -9 },
    };
    private static readonly float[,] Predictions =
    {
        { 0.6f, 0.4f, 0.1f, 0.9f },
        { 0.7f, 0.3f, 0.2f, 0.8f },
    };

    [Test]
    public void Accuracy_looks_at_the_labels_and_p_alone()
    {
        using NDArray t = np.array(Targets);
        using NDArray p = np.array(Predictions);

        Assert.That(DistillationMetrics.Accuracy(t, p), Is.EqualTo(0.5));
    }

    [Test]
    public void Top_k_accuracy_looks_at_the_labels_and_p_alone()
    {
        using NDArray t = np.array(Targets);
        using NDArray p = np.array(Predictions);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(DistillationMetrics.TopKAccuracy(t, p, 1), Is.EqualTo(0.5));
            Assert.That(DistillationMetrics.TopKAccuracy(t, p, 2), Is.EqualTo(1));
        }
    }

    [Test]
    public void Crossentropies_are_the_formulas()
    {
        using NDArray t = np.array(Targets);
        using NDArray p = np.array(Predictions);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(DistillationMetrics.CategoricalCrossentropy(t, p), Is.EqualTo(-(Math.Log(0.6) + Math.Log(0.3)) / 2).Within(1e-6));
            Assert.That(DistillationMetrics.SoftLogLoss(t, p, 0.01), Is.EqualTo(-(Math.Log(0.9) + Math.Log(0.2)) / 2).Within(1e-6));
        }
    }

    [Test]
    public void Their_names_are_the_notebooks() =>
        Assert.That(
            DistillationMetrics.Notebook(5).All.Select(m => m.Name),
            Is.EqualTo((string[])["accuracy", "top_5_accuracy", "categorical_crossentropy", "soft_logloss"])
        );

    [Test]
    public void A_model_that_is_compiled_with_them_is_written_without_what_it_was_compiled_with()
    {
        Model model = Toy.Mlp(hidden: 3, seed: 1).WithSoftenedOutput(5);
        foreach (Metric metric in DistillationMetrics.Notebook(5).All.Cast<Metric>())
        {
            model.Compile("sgd", KnowledgeDistillationLoss.Notebook(1, 5), [metric]);
            Assert.That(
                () => model.ToJson(),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains($"'{metric.Name}'").And.Message.Contains("compile: false")
            );
            Assert.That(() => model.ToJson(compile: false), Throws.Nothing);
        }
    }

    [Test]
    public void Bad_input_is_refused()
    {
        using NDArray t = np.array(Targets);
        using NDArray p = np.array(Predictions);
        using NDArray oneRow = np.array(
            new float[,]
            {
                { 1, 0, 1, 2 },
            }
        );
        using NDArray oneHot = np.array(
            new float[,]
            {
                { 1, 0 },
                { 0, 1 },
            }
        );

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => DistillationMetrics.Accuracy(oneRow, p), Throws.ArgumentException.With.Message.Contains("(1, 4)"));
            Assert.That(() => DistillationMetrics.Accuracy(oneHot, p), Throws.ArgumentException.With.Message.Contains("columns 2 to 3"));
            Assert.That(() => DistillationMetrics.SoftLogLoss(t, p, 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => DistillationMetrics.TopKAccuracy(0), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }
}
