using System.Text.Json.Nodes;
using Distillation.Keras.Conformance;
using Distillation.Keras.Metrics;
using Distillation.Keras.Objectives;
using Distillation.Keras.Optimizers;
using Distillation.Keras.Tests.Conformance;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests;

/// <summary>The whole notebook, repaired, against real Keras: every batch's loss and metrics, every weight.</summary>
public class NotebookTests
{
    private const double LogTolerance = 2e-5;
    private const double WeightTolerance = 5e-5;

    private static readonly Fixture Expected = FixtureFiles.Load("notebook");
    private static readonly double T = Expected.Json["temperature"]!.GetValue<double>();
    private static readonly double Lambda = Expected.Json["lambda_const"]!.GetValue<double>();

    [Test]
    public void The_teacher_trains_as_in_Keras_and_gives_its_logits()
    {
        using DisposeScope scope = NewDisposeScope();
        Model teacher = Start("teacher", Expected.Json["teacher_model"]!);
        teacher.Compile(new Adadelta(1.0), loss: "categorical_crossentropy", metrics: ["accuracy"]);

        Fit(teacher, OneHot("y"), Expected.Json["teacher_fit"]!);

        Compare(teacher, "teacher");
        Near.Assert("prediction", teacher.Call(Images("x_test")), Expected.Array("teacher/test_predict"), WeightTolerance);
        Near.Assert("logits", teacher.PopSoftmax().Call(Images("x")), Expected.Array("teacher/logits"), 3e-4);
        Near.Assert("targets", TargetsOf(teacher, "x", "y"), cat([OneHot("y"), Expected.Array("teacher/logits")], 1), 3e-4);
        Assert.That(teacher.Evaluate(Images("x_test"), OneHot("y_test")).Values.Reverse(), Is.EqualTo(Expected.Json["teacher_evaluate"]!.AsArray().Select(v => v!.GetValue<double>())).Within(LogTolerance * 2));
    }

    [TestCase("student_notebook_loss", false)]
    [TestCase("student_t_squared", true)]
    public void The_student_trains_as_in_Keras(string name, bool squared)
    {
        using DisposeScope scope = NewDisposeScope();
        Model body = Start(name, Expected.Json[name]!["student_model"]!);
        Model student = body.WithSoftenedOutput(T);
        KnowledgeDistillationLoss loss = squared ? new KnowledgeDistillationLoss(T, Lambda, 1) : KnowledgeDistillationLoss.Notebook(Lambda, T);
        student.Compile(new Adadelta(1.0), loss, DistillationMetrics.Notebook(T));

        Fit(student, cat([OneHot("y"), Expected.Array("teacher/logits")], 1), Expected.Json[name]!["fit"]!);

        Compare(body, name);
        Near.Assert("prediction", student.Call(Images("x_test")), Expected.Array($"{name}/test_predict"), WeightTolerance);
        Same(new Dictionary<string, double>(student.Evaluate(Images("x_test"), cat([OneHot("y_test"), Expected.Array("teacher/test_logits")], 1))), Expected.Json[name]!["evaluate"]!, "evaluate");
        double alone = body.Call(Images("x_test")).argmax(1).eq(Expected.Array("y_test").to(ScalarType.Int64)).to(ScalarType.Float64).mean().item<double>();
        Assert.That(alone, Is.EqualTo(Expected.Json[name]!["student_alone_test_accuracy"]!.GetValue<double>()).Within(1e-9));
    }

    private static Model Start(string name, JsonNode json)
    {
        Model model = Model.FromJson(json.ToJsonString());
        for (int i = 0; i < model.Weights.Count; i++)
        {
            model.Weights[i].Assign(Expected.Array($"{name}/initial{i}"));
        }

        return model;
    }

    private static void Fit(Model model, Tensor targets, JsonNode expected)
    {
        var batches = new BatchLogs();
        History history = model.Fit(Images("x"), targets, batch_size: 128, epochs: 3, shuffle: false, verbose: 0, callbacks: [batches]);

        JsonArray rows = expected["batches"]!.AsArray();
        Assert.That(batches.Batches, Has.Count.EqualTo(rows.Count));
        for (int i = 0; i < rows.Count; i++)
        {
            Same(batches.Batches[i], rows[i]!, $"batch {i}");
        }

        foreach ((string name, JsonNode? values) in expected["history"]!.AsObject())
        {
            double[] wanted = [.. values!.AsArray().Select(v => v!.GetValue<double>())];
            Assert.That(history[name], Is.EqualTo(wanted).Within(LogTolerance * wanted.Max()), name);
        }
    }

    private static void Same(Dictionary<string, double> actual, JsonNode expected, string what)
    {
        Assert.That(actual.Keys, Is.EquivalentTo(expected.AsObject().Select(p => p.Key)), what);
        foreach ((string name, JsonNode? value) in expected.AsObject())
        {
            double wanted = value!.GetValue<double>();
            Assert.That(actual[name], Is.EqualTo(wanted).Within(LogTolerance * wanted), $"{what}: {name}");
        }
    }

    private static void Compare(Model model, string name)
    {
        for (int i = 0; i < model.Weights.Count; i++)
        {
            Near.Assert($"{name}, weight {i}", model.Weights[i].Value, Expected.Array($"{name}/trained{i}"), WeightTolerance);
        }
    }

    private static Tensor TargetsOf(Model teacher, string x, string y)
    {
        using NumSharp.NDArray targets = DistillationTargets.From(teacher, Images(x), Expected.Array(y)).ToNDArray();
        return tensor(targets.ToArray<float>()).reshape(targets.shape);
    }

    private static Tensor Images(string name) => (Expected.Array(name).to(ScalarType.Float32) / 255).unsqueeze(-1);

    private static Tensor OneHot(string name) => nn.functional.one_hot(Expected.Array(name).to(ScalarType.Int64), 10).to(ScalarType.Float32);
}
