using Distillation.Keras.Layers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

[Category("Smoke")]
public sealed class PredictTests
{
    [TestCase(1)]
    [TestCase(3)]
    [TestCase(10)]
    [TestCase(100)]
    public void Batches_give_what_one_batch_gives(int batchSize)
    {
        var model = new Sequential(
            new Input(2),
            new Dense(5, activation: "tanh"),
            new BatchNormalization(),
            new Dropout(0.5),
            new Dense(3, activation: "softmax")
        );
        using NDArray found = model.Predict(X, batch_size: batchSize);
        using Tensor x = tensor(X.Cast<float>().ToArray()).reshape(10, 2);
        using Tensor expected = model.Call(x, training: false);
        Assert.That(found.shape, Is.EqualTo(new long[] { 10, 3 }));
        Assert.That(found.dtype, Is.EqualTo(typeof(float)));
        Assert.That(found.ToArray<float>(), Is.EqualTo(expected.detach().contiguous().data<float>().ToArray()).Within(1e-6f));
    }

    [Test]
    public void Doubles_and_integers_are_cast_to_the_models_type()
    {
        Model model = Model();
        using NDArray ofDoubles = model.Predict(
            new[,]
            {
                { 2.0, 4.0 },
            }
        );
        using NDArray ofIntegers = model.Predict(
            new[,]
            {
                { 2, 4 },
            }
        );
        using NDArray ofBytes = model.Predict(
            new byte[,]
            {
                { 2, 4 },
            }
        );
        foreach (NDArray found in new[] { ofDoubles, ofIntegers, ofBytes })
        {
            Assert.That(found.dtype, Is.EqualTo(typeof(float)));
            Assert.That((float)found[0, 0], Is.Zero.Within(1e-6));
        }
    }

    [Test]
    public void Several_outputs_come_in_the_models_order()
    {
        KerasTensor input = new Input(2);
        var model = new Model(input, new[] { new Rescaling(2).Apply(input), new Rescaling(-1).Apply(input) });
        IReadOnlyList<NDArray> found = model.PredictOutputs(X, batch_size: 4);
        Assert.That(found, Has.Count.EqualTo(2));
        Assert.That(found[0].ToArray<float>(), Is.EqualTo(X.Cast<float>().Select(v => 2 * v)));
        Assert.That(found[1].ToArray<float>(), Is.EqualTo(X.Cast<float>().Select(v => -v)));
    }

    [Test]
    public void Predict_needs_no_compile_and_changes_no_weight()
    {
        Model model = Model(compile: false);
        model.Predict(X).Dispose();
        new LinearProblem().AssertWeights(model);
    }

    [Test]
    public void Rows_of_another_shape_than_before_are_refused_by_the_outputs_name()
    {
        // Of 10 rows three batches; the last one has two rows, or one, which would be repeated.
        foreach (int size in (int[])[4, 9])
        {
            var model = new Sequential([new Input(2), new Products("products")], name: "pairs");
            Assert.That(
                () => model.Predict(X, batch_size: size),
                Throws
                    .InvalidOperationException.With.Message.StartsWith("All rows of an output make one array, but those of 'products")
                    .And.Message.Contains($"(None, {10 % size}) in one batch and (None, {size}) before")
            );
        }
    }

    [Test]
    public void Batches_of_a_source_with_other_steps_of_time_are_refused_by_their_number()
    {
        var model = new Sequential([new Input(new Shape([null, 3])), new Dense(2, name: "d")], name: "sequences");
        DataSource source = DataSource.FromBatches(_ => [new DataBatch(new float[2, 4, 3]), new DataBatch(new float[2, 5, 3])]);
        Assert.That(
            () => model.Predict(source),
            Throws
                .ArgumentException.With.Message.StartsWith("Batch 1 of the source, from 0, cannot be joined with the others")
                .And.Message.Contains("'sequences' have the shape (None, 5, 2) in one batch and (None, 4, 2) before")
        );
    }

    /// <summary>The products of the rows of a batch.</summary>
    private sealed class Products(string? name = null) : Layer(name)
    {
        public override Shape ComputeOutputShape(Shape inputShape) => new([null, null]);

        protected internal override Tensor Forward(Tensor input, CallContext context) => input.matmul(input.t());
    }
}
