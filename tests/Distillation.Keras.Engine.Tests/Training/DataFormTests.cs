using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using static Distillation.Keras.Engine.Tests.Training.LinearProblem;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>The same data in every form that is taken gives the same training.</summary>
public sealed class DataFormTests
{
    private static double[] Jagged(int row) => [X[row, 0], X[row, 1]];

    private static IEnumerable<TestCaseData> Inputs()
    {
        static TestCaseData Case(string name, Func<ArrayLike> make) => new TestCaseData(make).SetArgDisplayNames(name);
        float[] flat = [.. X.Cast<float>()];
        yield return Case("NDArray", () => np.array(X));
        yield return Case("float64 NDArray", () => np.array(X).astype(NPTypeCode.Double));
        yield return Case("transposed NDArray", () => np.ascontiguousarray(np.array(X).T).T);
        yield return Case("Fortran order NDArray", () => np.asfortranarray(np.array(X)));
        yield return Case(
            "sliced NDArray",
            () => np.array(Make((i, j) => i is >= 3 and < 13 && j is >= 1 and < 3 ? X[i - 3, j - 1] : 99, 16, 4))["3:13,1:3"]
        );
        yield return Case("rows of an NDArray", () => np.array(Make((i, j) => i is >= 3 and < 13 ? X[i - 3, j] : 99, 16, 2))["3:13"]);
        yield return Case("every second row", () => np.array(Make((i, j) => i % 2 == 0 ? X[i / 2, j] : 99, 20, 2))["::2"]);
        yield return Case("reversed NDArray", () => np.array(Make((i, j) => X[9 - i, j], 10, 2))["::-1"]);
        yield return Case("double[,]", () => ToDouble(X));
        yield return Case("float[][]", () => Enumerable.Range(0, 10).Select(i => new[] { X[i, 0], X[i, 1] }).ToArray());
        yield return Case("double[][]", () => Enumerable.Range(0, 10).Select(Jagged).ToArray());
        yield return Case("Tensor", () => tensor(flat).reshape(10, 2));
        yield return Case("float64 Tensor", () => tensor(flat).reshape(10, 2).to(float64));
        yield return Case("non-contiguous Tensor", () => tensor(flat).reshape(10, 2).t().contiguous().t());
        yield return Case("Tensor with gradient", () => tensor(flat).reshape(10, 2).requires_grad_());
        yield return Case("result with gradient", () => tensor(flat).requires_grad_().reshape(10, 2) * 1);
        yield return Case("Tensor with an axis of one", () => tensor(flat).reshape(10, 2, 1));
        yield return Case("NDArray[]", () => new[] { np.array(X) });
        yield return Case("Tensor[]", () => new[] { tensor(flat).reshape(10, 2) });
        yield return Case("List<NDArray>", () => new List<NDArray> { np.array(X) });
        yield return Case("List<Tensor>", () => new List<Tensor> { tensor(flat).reshape(10, 2) });
        yield return Case("IEnumerable<ArrayLike>", () => new ArrayLike([(ArrayLike)X]));
        yield return Case("Dictionary of NDArray", () => new Dictionary<string, NDArray> { ["in"] = np.array(X) });
        yield return Case("Dictionary of float[,]", () => ArrayLike.FromObject(new Dictionary<string, float[,]> { ["in"] = X }, "x"));
        yield return Case("Dictionary of Tensor", () => new Dictionary<string, Tensor> { ["in"] = tensor(flat).reshape(10, 2) });
    }

    private static double[,] ToDouble(float[,] source)
    {
        double[,] result = new double[source.GetLength(0), source.GetLength(1)];
        Array.Copy(source, result, source.Length);
        return result;
    }

    private static Model Named()
    {
        KerasTensor input = new Input(2, name: "in");
        var model = new Model(input, new Dense(1).Apply(input));
        model
            .Weights[0]
            .Assign(
                tensor(
                    new[,]
                    {
                        { 0.5f },
                        { -0.25f },
                    }
                )
            );
        model.Compile(new SGD(Rate), loss: "mse");
        return model;
    }

    [TestCaseSource(nameof(Inputs))]
    public void Inputs_of_every_form_give_the_same_training(Func<ArrayLike> make)
    {
        Model model = Named();
        model.Fit(make(), Y, batch_size: 4, epochs: 2, verbose: 0, shuffle: false);
        var byHand = new LinearProblem();
        byHand.Epoch(0, 10, 4);
        byHand.Epoch(0, 10, 4);
        byHand.AssertWeights(model);
    }

    [Test]
    public void Tensors_that_record_gradients_are_data_and_get_none()
    {
        using Tensor x = rand(10, 2).requires_grad_();
        using Tensor y = rand(10, 1).requires_grad_();
        using Tensor weights = rand(10).requires_grad_();
        Model model = Named();
        model.Fit(x, y, batch_size: 4, epochs: 2, verbose: 0, sample_weight: weights);
        model.TrainOnBatch(x, y, sample_weight: weights);
        Assert.That(x.grad, Is.Null);
        Assert.That(y.grad, Is.Null);
        Assert.That(weights.grad, Is.Null);
    }

    [Test]
    public void A_result_whose_graph_is_gone_can_be_trained_on_many_times()
    {
        using Tensor source = rand(10, 2).requires_grad_();
        using Tensor x = source * 2;
        x.sum().backward();
        Assert.That(() => Named().Fit(x, Y, batch_size: 2, epochs: 3, verbose: 0), Throws.Nothing);
    }

    [Test]
    public void Data_that_are_null_are_none_whatever_their_type()
    {
        ArrayLike[] none =
        [
            (NDArray)null!,
            (Tensor)null!,
            (Array)null!,
            (float[,])null!,
            (List<NDArray>)null!,
            (List<Tensor>)null!,
            (Dictionary<string, NDArray>)null!,
            (Dictionary<string, Tensor>)null!,
        ];
        Assert.That(none, Has.All.Null);
    }

    [Test]
    public void A_tensor_that_was_disposed_is_refused()
    {
        Tensor x = rand(10, 2);
        x.Dispose();
        Assert.That(
            () => Named().Fit(x, Y, verbose: 0),
            Throws.InstanceOf<ObjectDisposedException>().Or.InstanceOf<InvalidOperationException>()
        );
    }

    [Test]
    public void Labels_of_every_integer_type_and_both_shapes_give_the_same_loss()
    {
        int[] labels = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0];
        var model = new Sequential(new Input(2), new Dense(3, activation: "softmax"));
        model.Compile("sgd", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"]);
        ArrayLike[] forms =
        [
            labels,
            Array.ConvertAll(labels, l => (long)l),
            Array.ConvertAll(labels, l => (byte)l),
            Array.ConvertAll(labels, l => (sbyte)l),
            Array.ConvertAll(labels, l => (short)l),
            Array.ConvertAll(labels, l => (ushort)l),
            Array.ConvertAll(labels, l => (uint)l),
            Array.ConvertAll(labels, l => (float)l),
            Array.ConvertAll(labels, l => (double)l),
            np.array(labels),
            np.array(labels).reshape(10, 1),
            tensor(labels),
            tensor(labels).unsqueeze(-1),
            labels.Select(l => new[] { l }).ToArray(),
        ];
        Logs expected = model.Evaluate(X, labels);
        foreach (ArrayLike form in forms)
        {
            Logs found = model.Evaluate(X, form);
            Assert.That(found.Loss, Is.EqualTo(expected.Loss).Within(1e-6));
            Assert.That(found["accuracy"], Is.EqualTo(expected["accuracy"]).Within(1e-6));
        }
    }

    [Test]
    public void Images_of_bytes_are_numbers_up_to_255_and_a_missing_channel_axis_is_added()
    {
        byte[,,] images = new byte[3, 4, 4];
        images[1, 2, 3] = 200;
        var model = new Sequential(new Input(4, 4, 1), new Rescaling(1.0 / 255), new Flatten());
        using NDArray found = model.Predict(images);
        Assert.That(found.shape, Is.EqualTo(new long[] { 3, 16 }));
        Assert.That((float)found[1, 11], Is.EqualTo(200f / 255).Within(1e-6));
        byte[,,,] withChannel = new byte[3, 4, 4, 1];
        withChannel[1, 2, 3, 0] = 200;
        using NDArray other = model.Predict(withChannel);
        Assert.That(other.ToArray<float>(), Is.EqualTo(found.ToArray<float>()));
    }

    [Test]
    public void Validation_data_of_every_form_give_the_same_loss()
    {
        float[] weights = [.. Enumerable.Repeat(1f, 10)];
        Tensor x = tensor(X.Cast<float>().ToArray()).reshape(10, 2);
        Tensor y = tensor(Y.Cast<float>().ToArray()).reshape(10, 1);
        ValidationData[] forms =
        [
            (X, Y),
            (np.array(X), np.array(Y)),
            (x, y),
            ((ArrayLike)X, (ArrayLike)y),
            (np.array(X), np.array(Y), np.array(weights)),
            ((ArrayLike)x, (ArrayLike)Y, (ArrayLike)weights),
            new ValidationData(X, y),
            new ValidationData(np.array(X), Y, weights),
        ];
        double expected = Named().Evaluate(X, Y).Loss;
        Model model = Named();
        model.Compile(new SGD(0.0), loss: "mse");
        foreach (ValidationData form in forms)
        {
            Assert.That(model.Fit(X, Y, verbose: 0, validation_data: form)["val_loss"][0], Is.EqualTo(expected).Within(1e-6));
        }
    }
}
