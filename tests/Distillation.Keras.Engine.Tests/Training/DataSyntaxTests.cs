using Distillation.Keras.Layers;
using Distillation.Keras.Optimizers;
using NumSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Engine.Tests.Training;

/// <summary>Data of several inputs and validation data as C# writes them.</summary>
public sealed class DataSyntaxTests
{
    private static readonly float[,] A =
    {
        { 1, 2 },
        { 3, 4 },
        { 5, 6 },
    };
    private static readonly float[,] B =
    {
        { -1, 0.5f },
        { 0, 2 },
        { 1, -2 },
    };
    private static readonly float[,] Y =
    {
        { 1 },
        { 0 },
        { 2 },
    };
    private static readonly float[] W = [1, 2, 0.5f];

    private static Model Two()
    {
        var a = new Input(new Shape(2), name: "a");
        var b = new Input(new Shape(2), name: "b");
        var model = new Model(new KerasTensor[] { a, b }, new Dense(1, kernel_initializer: "ones").Apply(new Concatenate().Apply(a, b)));
        model.Compile(new SGD(0.0), "mse");
        return model;
    }

    private static Sequential One()
    {
        var model = new Sequential(new Input(2), new Dense(1, kernel_initializer: "ones"));
        model.Compile(new SGD(0.0), "mse");
        return model;
    }

    // By hand: the sum of all numbers of a row against the target.
    private static double Loss(bool two, bool weighted) =>
        Enumerable
            .Range(0, 3)
            .Average(i => (weighted ? W[i] : 1) * Math.Pow(A[i, 0] + A[i, 1] + (two ? B[i, 0] + B[i, 1] : 0) - Y[i, 0], 2));

    private static Tensor T(float[,] rows) => tensor(rows);

    private static float[][] J(float[,] rows) =>
        [.. Enumerable.Range(0, rows.GetLength(0)).Select(i => Enumerable.Range(0, rows.GetLength(1)).Select(j => rows[i, j]).ToArray())];

    [Test]
    public void Several_inputs_are_a_collection_of_arrays_of_any_kind()
    {
        NDArray a = np.array(A);
        NDArray b = np.array(B);
        NDArray[] both = [a, b];
        Model model = Two();
        Logs[] found =
        [
            model.Evaluate([A, B], Y),
            model.Evaluate([a, b], Y),
            model.Evaluate([T(A), T(B)], T(Y)),
            model.Evaluate([J(A), J(B)], J(Y)),
            model.Evaluate([A, b], np.array(Y)),
            model.Evaluate([.. both], [Y]),
            model.Evaluate(both, Y),
            model.Evaluate(new List<NDArray> { a, b }, Y),
            model.Evaluate(new List<Tensor> { T(A), T(B) }, Y),
            model.Evaluate(new[] { A, B }, Y),
            model.Evaluate(new object[] { a, B }, Y),
            model.Evaluate(new Array[] { A, J(B) }, Y),
            model.Evaluate(new Dictionary<string, NDArray> { ["b"] = b, ["a"] = a }, Y),
            model.Evaluate(new Dictionary<string, Tensor> { ["b"] = T(B), ["a"] = T(A) }, Y),
        ];
        Assert.That(found.Select(l => l.Loss), Has.All.EqualTo(Loss(two: true, weighted: false)).Within(1e-5));
        using NDArray predicted = model.Predict([a, b]);
        Assert.That(predicted.ToArray<float>(), Is.EqualTo(new[] { 2.5f, 9, 10 }).Within(1e-5));
        ArrayLike each = both;
        int arrays = 0;
        foreach (ArrayLike _ in each)
        {
            arrays++;
        }

        Assert.That(arrays, Is.EqualTo(2));
        Assert.That(() => Two().Predict([a, null!]), Throws.ArgumentException.With.Message.Contains("null"));
        Assert.That(
            () =>
                Two()
                    .Predict([
                        [a, b],
                        b,
                    ]),
            Throws.ArgumentException.With.Message.Contains("lists of lists")
        );
    }

    [Test]
    public void Validation_data_are_a_tuple_of_two_or_three_of_any_kind()
    {
        NDArray a = np.array(A);
        NDArray b = np.array(B);
        NDArray y = np.array(Y);
        (NDArray X, NDArray Y) named = (a, y);
        ValidationData[] one =
        [
            (A, Y),
            (a, y),
            (T(A), T(Y)),
            (J(A), J(Y)),
            (a, Y),
            (A, y),
            (T(A), Y),
            (A, T(Y)),
            (J(A), y),
            ([A], [Y]),
            named,
        ];
        ValidationData[] oneWeighted =
        [
            (A, Y, W),
            (a, y, np.array(W)),
            (T(A), T(Y), tensor(W)),
            (J(A), J(Y), W),
            (a, y, W),
            (A, Y, np.array(W)),
            ([a], [y], [W]),
        ];
        ValidationData[] two =
        [
            ([a, b], y),
            ([A, B], Y),
            ([T(A), T(B)], T(Y)),
            ([J(A), J(B)], J(Y)),
            ([A, b], Y),
            (new[] { a, b }, y),
            (new[] { A, B }, Y),
            (new[] { T(A), T(B) }, Y),
            (new List<NDArray> { a, b }, y),
            (new List<Tensor> { T(A), T(B) }, y),
            (new Dictionary<string, NDArray> { ["b"] = b, ["a"] = a }, y),
            (new object[] { a, B }, Y),
            (new[] { a, b }, new[] { y }),
        ];
        ValidationData[] twoWeighted =
        [
            ([a, b], y, W),
            (new[] { a, b }, y, np.array(W)),
            (new[] { A, B }, Y, W),
            (new List<NDArray> { a, b }, Y, tensor(W)),
        ];
        Check(one, two: false, weighted: false);
        Check(oneWeighted, two: false, weighted: true);
        Check(two, two: true, weighted: false);
        Check(twoWeighted, two: true, weighted: true);
        Assert.That(
            () => One().Fit(A, Y, verbose: 0, validation_data: (A, new[] { "a" })),
            Throws.ArgumentException.With.Message.Contains("String")
        );
        Assert.That(
            () => One().Fit(A, Y, verbose: 0, validation_data: (A, null!)),
            Throws.ArgumentException.With.Message.Contains("y is null")
        );
    }

    private static void Check(ValidationData[] forms, bool two, bool weighted)
    {
        Model model = two ? Two() : One();
        foreach (ValidationData form in forms)
        {
            History history = two
                ? model.Fit([A, B], Y, verbose: 0, validation_data: form)
                : model.Fit(A, Y, verbose: 0, validation_data: form);
            Assert.That(history["val_loss"][0], Is.EqualTo(Loss(two, weighted)).Within(1e-5));
        }
    }
}
