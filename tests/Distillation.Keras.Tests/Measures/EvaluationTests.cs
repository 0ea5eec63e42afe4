using Distillation.Keras.Layers;
using Distillation.Keras.Measures;
using Distillation.Keras.Notebook;
using NumSharp;

namespace Distillation.Keras.Tests.Measures;

/// <summary>Targets, evaluations and their table.</summary>
public class EvaluationTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void Both_models_numbers_are_those_of_their_own_evaluation()
    {
        Sequential teacher = Toy.Teacher();
        DistillationResult result = new Distiller(teacher).WithStudent(Toy.Mlp(hidden: 3)).Fit(X, Y, epochs: 2, verbose: 0);

        DistillationEvaluation evaluation = result.Evaluate(X, Y, batch_size: 7);

        foreach (
            (Model model, ClassifierScore score) in ((Model, ClassifierScore)[])
                [(teacher.Clone(), evaluation.Teacher), (result.Student, evaluation.Student)]
        )
        {
            IReadOnlyList<NDArray> weights = (ReferenceEquals(score, evaluation.Teacher) ? teacher : model).GetWeights();
            model.SetWeights(weights);
            model.Compile("sgd", "sparse_categorical_crossentropy", ["accuracy"]);
            Logs logs = model.Evaluate(X, Y);
            using (Assert.EnterMultipleScope())
            {
                Assert.That(score.Accuracy, Is.EqualTo(logs["accuracy"]).Within(1e-6));
                Assert.That(score.Errors, Is.EqualTo((int)Math.Round((1 - logs["accuracy"]) * 50)));
                Assert.That(score.Loss, Is.EqualTo(logs["loss"]).Within(1e-4).Percent);
                Assert.That(score.Parameters, Is.EqualTo(model.CountParams()));
            }
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(evaluation.Samples, Is.EqualTo(50));
            Assert.That(result.Evaluate(X, Toy.OneHot(Y)).ToString(), Is.EqualTo(evaluation.ToString()));
        }
    }

    [Test]
    public void The_table_says_what_each_number_is()
    {
        // Both choose the greatest of the first four inputs.
        Model teacher = Picker();
        DistillationResult result = new Distiller(teacher)
            .WithStudent(Picker())
            .WithOptimizer(new Optimizers.SGD(0.0))
            .Fit(X, Y, epochs: 1, verbose: 0);

        string[] lines = result.Evaluate(X, Y).ToString().Split(Environment.NewLine);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(lines, Has.Length.EqualTo(3));
            Assert.That(Words(lines[0]), Is.EqualTo((string[])["parameters", "accuracy", "errors", "loss", "agreement"]));
            Assert.That(Words(lines[1])[..4], Is.EqualTo((string[])["teacher", "24", "100.00%", "0"]));
            Assert.That(Words(lines[2])[..4], Is.EqualTo((string[])["student", "24", "100.00%", "0"]));
            Assert.That(lines[2], Does.EndWith("100.00%"));
            Assert.That(lines.Select(l => l.Length), Has.All.LessThanOrEqualTo(80));
        }

        static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [Test]
    public void Bad_labels_are_refused()
    {
        DistillationResult result = new Distiller(Toy.Mlp()).WithStudent(Toy.Mlp()).Fit(X, Y, epochs: 1, verbose: 0);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(() => result.Evaluate(X, new float[50, 3]), Throws.ArgumentException.With.Message.Contains("(50, 3)"));
            Assert.That(() => result.Evaluate(X, Y[..3]), Throws.ArgumentException);
            Assert.That(() => result.Evaluate(X, Y, batch_size: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        }
    }

    [Test]
    public void Targets_are_labels_and_the_teachers_logits()
    {
        Model teacher = Toy.Teacher();
        DistillationTargets targets = DistillationTargets.From(teacher, X, Y, batch_size: 7);
        using NDArray array = targets.ToNDArray();
        float[] values = array.ToArray<float>();
        double[] z = Toy.Predict(teacher.PopSoftmax(), X);
        float[,] oneHot = Toy.OneHot(Y);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(targets.Count, Is.EqualTo(50));
            Assert.That(targets.NumClasses, Is.EqualTo(4));
            Assert.That(array.shape, Is.EqualTo((long[])[50, 8]));
            Assert.That(values.Chunk(8).SelectMany(r => r[..4]), Is.EqualTo(oneHot.Cast<float>()));
            Assert.That(values.Chunk(8).SelectMany(r => r[4..]), Is.EqualTo(z).Within(1e-5));
        }
    }

    [Test]
    public void A_changed_array_of_targets_does_not_change_the_targets()
    {
        DistillationTargets targets = DistillationTargets.From(Toy.Mlp(), X, Y);
        using (NDArray array = targets.ToNDArray())
        {
            array[0, 0] = 77f;
        }

        using NDArray again = targets.ToNDArray();
        Assert.That(again.ToArray<float>()[0], Is.LessThan(2));
    }

    private static Sequential Picker()
    {
        var model = new Sequential(new Input(shape: Toy.Width), new Dense(Toy.Classes, "softmax", use_bias: false));
        using TorchSharp.torch.Tensor kernel = TorchSharp.torch.eye(Toy.Width, Toy.Classes);
        model.Weights[0].Assign(kernel);
        return model;
    }
}
