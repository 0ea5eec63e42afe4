using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>Plain gradient descent on an objective's own weights and on given tensors.</summary>
internal static class Descent
{
    /// <summary>The loss of each step.</summary>
    public static double[] Losses(ObjectiveTerm term, ObjectiveSignals signals, int steps, double rate, params Tensor[] leaves)
    {
        Tensor[] all = [.. leaves, .. term.Variables.Where(v => v.Trainable).Select(v => v.Value)];
        double[] losses = new double[steps];
        for (int i = 0; i < steps; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor loss = ObjectiveRun.Value(term, signals);
            loss.backward();
            losses[i] = loss.to(ScalarType.Float64).item<double>();
            using IDisposable noGrad = no_grad();
            foreach (Tensor leaf in all)
            {
                if (leaf.grad is Tensor gradient)
                {
                    leaf.sub_(gradient * rate);
                    leaf.grad = null;
                }
            }
        }

        return losses;
    }

    /// <summary>Whether each of a term's trained weights gets a gradient that is not zero.</summary>
    public static void AssertGradientsReachAll(ObjectiveTerm term, ObjectiveSignals signals, params Tensor[] leaves)
    {
        ObjectiveRun.Value(term, signals).backward();
        using (Assert.EnterMultipleScope())
        {
            foreach (Variable variable in term.Variables.Where(v => v.Trainable))
            {
                Assert.That(Largest(variable.Value.grad), Is.GreaterThan(0).And.LessThan(double.PositiveInfinity), variable.Path);
            }

            foreach (Tensor leaf in leaves)
            {
                Assert.That(Largest(leaf.grad), Is.GreaterThan(0).And.LessThan(double.PositiveInfinity), "a feature of the student");
            }

            foreach (Tensor teacher in signals.TeacherFeatures)
            {
                Assert.That(teacher.grad is null, Is.True, "no gradient flows into the teacher");
            }
        }
    }

    /// <summary>The largest magnitude.</summary>
    public static double Largest(Tensor? tensor) => tensor is null ? double.NaN : tensor.abs().max().to(ScalarType.Float64).item<double>();
}
