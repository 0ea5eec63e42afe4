using Distillation.Keras.Backend;
using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Optimizers;

/// <summary>
/// Gradients of tables whose rows were looked up more than once. With TensorFlow, Keras squares them row by row, and sums then; the
/// numbers here are from its formulas. Row 1 is taken twice, with the gradients 1 and -2 in its first column; row 2 once.
/// </summary>
[TestFixture]
public sealed class RowGradientTests
{
    private DisposeScope _scope = null!;

    [SetUp]
    public void Open() => _scope = NewDisposeScope();

    [TearDown]
    public void Close() => _scope.Dispose();

    private static Variable Table() => new(zeros(3, 2), "embeddings", trainable: true) { Path = "embedding/embeddings" };

    private static Tensor Gradient(Variable table)
    {
        table.RequireGradient(true);
        Tensor rows = RowGradient.Take(table.Value, tensor((long[])[1, 2, 1]));
        rows.mul(tensor((float[])[1, 10, 5, 6, -2, 20]).reshape(3, 2)).sum().backward();
        Tensor gradient = table.Value.grad!;
        Assert.That(gradient.is_sparse, Is.True);
        return gradient;
    }

    private static float[] Slot(Optimizer optimizer, string name) =>
        [.. optimizer.Variables.Single(v => v.Name.EndsWith(name, StringComparison.Ordinal)).Value.data<float>()];

    private static float[] Applied(Optimizer optimizer, string slot)
    {
        Variable table = Table();
        optimizer.Apply([Gradient(table)], [table]);
        return Slot(optimizer, slot);
    }

    [Test]
    public void Squares_are_those_of_the_rows()
    {
        float[] expected = [0, 0, 1 + 4, 100 + 400, 25, 36];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Applied(new Adagrad(0.1, initial_accumulator_value: 0), "accumulator"), Is.EqualTo(expected).Within(1e-3));
            Assert.That(Applied(new RMSprop(0.1, rho: 0.5), "velocity"), Is.EqualTo(expected.Select(e => e / 2)).Within(1e-3));
            Assert.That(Applied(new Adam(0.1, beta_2: 0.5), "velocity"), Is.EqualTo(expected.Select(e => e / 2)).Within(1e-3));
            Assert.That(Applied(new Nadam(0.1, beta_2: 0.5), "velocity"), Is.EqualTo(expected.Select(e => e / 2)).Within(1e-3));
            Assert.That(Applied(new Lamb(0.1, beta_2: 0.5), "velocity"), Is.EqualTo(expected.Select(e => e / 2)).Within(1e-3));
            Assert.That(Applied(new Ftrl(0.1, initial_accumulator_value: 0), "accumulator"), Is.EqualTo(expected).Within(1e-3));
            Assert.That(Applied(new Adadelta(0.1, rho: 0.5), "accumulated_grad"), Is.EqualTo(expected.Select(e => e / 2)).Within(1e-3));
            Assert.That(Applied(new Adamax(0.1), "norm"), Is.EqualTo((float[])[0, 0, 1 + 2, 10 + 20, 5, 6]).Within(1e-4));
        }
    }

    [Test]
    public void What_is_not_squared_is_the_sum()
    {
        Variable table = Table();
        new SGD(1.0).Apply([Gradient(table)], [table]);
        Assert.That(Weights.Values(table), Is.EqualTo((float[])[0, 0, 1, -30, -5, -6]).Within(1e-5));
    }

    // The sum of squares of the steps is that of the gradients, as far as both are divided by the same: epsilon (E) stands for the rest.
    [Test]
    public void Adadelta_squares_its_steps_row_by_row_too()
    {
        float[] steps = Applied(new Adadelta(1.0, rho: 0.5, epsilon: 1e-3), "accumulated_delta_var");
        Assert.That(steps[2], Is.EqualTo(0.5 * (1e-3 / (2.5 + 1e-3)) * 5).Within(1e-7));
    }

    [Test]
    public void A_norm_counts_row_by_row_and_sums_then_and_a_value_is_clipped_row_by_row()
    {
        double norm = Math.Sqrt(1 + 100 + 25 + 36 + 4 + 400);
        float[] summed = [.. new[] { 0, 0, -1, 30, 5, 6 }.Select(g => (float)(g / norm))];
        float[] squares = [.. summed.Select(g => g * g)];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                Applied(new Adagrad(0.1, initial_accumulator_value: 0, clipnorm: 1), "accumulator"),
                Is.EqualTo(squares).Within(1e-5)
            );
            Assert.That(
                Applied(new Adagrad(0.1, initial_accumulator_value: 0, global_clipnorm: 1), "accumulator"),
                Is.EqualTo(squares).Within(1e-5)
            );
            Assert.That(
                Applied(new Adagrad(0.1, initial_accumulator_value: 0, clipvalue: 3), "accumulator"),
                Is.EqualTo((float[])[0, 0, 1 + 4, 9 + 9, 9, 9]).Within(1e-5)
            );
        }
    }

    [Test]
    public void Accumulated_gradients_and_those_of_Keras_2_are_summed_before()
    {
        float[] squares = [0, 0, 1, 900, 25, 36];
        var optimizer = new Adagrad(0.1, initial_accumulator_value: 0, gradient_accumulation_steps: 2);
        Variable table = Table();
        Tensor gradient = Gradient(table);
        optimizer.Apply([gradient], [table]);
        optimizer.Apply([gradient], [table]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                optimizer.Variables.Single(v => v.Name.EndsWith("embeddings_accumulator", StringComparison.Ordinal)).Value.data<float>(),
                Is.EqualTo(squares).Within(1e-3)
            );
            Assert.That(
                Applied(new Adagrad(0.1, initial_accumulator_value: 0) { SumsRows = true }, "accumulator"),
                Is.EqualTo(squares).Within(1e-3)
            );
        }
    }

    [Test]
    public void A_scaled_loss_has_the_gradients_of_its_rows_scaled_back()
    {
        var inner = new Adagrad(0.1, initial_accumulator_value: 0);
        var optimizer = new LossScaleOptimizer(inner, initial_scale: 2);
        Variable table = Table();
        optimizer.Build([table]);
        optimizer.Apply([Gradient(table)], [table]);
        Assert.That(Slot(inner, "accumulator"), Is.EqualTo((float[])[0, 0, 1.25f, 125, 6.25f, 9]).Within(1e-4));
    }

    [Test]
    public void A_fit_of_an_embedding_squares_row_by_row_and_leaves_nothing_behind()
    {
        var embedding = new Embedding(3, 1, embeddings_initializer: "zeros");
        var model = new Sequential(new Input(new Shape(2), dtype: "int32"), embedding);
        model.Compile(new Adagrad(0.1, initial_accumulator_value: 0), "mse");
        NDArray x = np.array(
            new[,]
            {
                { 1, 1 },
            }
        );
        NDArray y = np.array(new[] { 1f, -2f }).reshape(1, 2, 1);
        model.TrainOnBatch(x, y);

        // The gradient of the mean of (0 - 1)² and (0 + 2)² is -1 and 2 for the two uses of row 1.
        Assert.That(Slot(model.Optimizer, "accumulator"), Is.EqualTo((float[])[0, 1 + 4, 0]).Within(1e-5));
        Assert.That(LiveTensors.LeftBy(() => model.TrainOnBatch(x, y)), Is.Zero);
        model.Release();
    }

    [Test]
    public void Other_sparse_gradients_are_refused()
    {
        Variable table = Table();
        Tensor sparse = sparse_coo_tensor(tensor((long[])[1, 0]).reshape(2, 1), tensor((float[])[1]), [3, 2]);
        Assert.That(() => new SGD(0.1).Apply([sparse], [table]), Throws.ArgumentException.With.Message.Contains("sparse"));
    }
}
