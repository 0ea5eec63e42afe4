/// Code of docs/fsharp.md.
module Snippets.ExpertsInALayer

open NUnit.Framework

// <snippet Experts in a layer>
open Distillation.Keras
open Distillation.Keras.Constraints
open Distillation.Keras.Layers

/// The sum of dense layers, each weighed by a factor that is trained.
type Experts(count: int, units: int, ?factor_constraint: Constraint, ?name: string) =
    inherit Layer(Option.toObj name)

    let experts = [ for _ in 1..count -> Dense(units, activation = "relu") ]
    let mutable factors = Unchecked.defaultof<Variable>

    member _.Count = count
    member _.Units = units
    member _.FactorConstraint = factor_constraint

    override this.Build(_: Shape) =
        // One of Keras' names is a word of F#.
        factors <- this.AddWeight("factors", Shape units, "ones", ``constraint`` = Option.toObj factor_constraint)

    override this.Forward(input, _) =
        // A protected member is called outside of lists, sequences and functions.
        let weights = this.Autocast factors
        [ for expert in experts -> (expert.Call input).mul weights ] |> List.reduce (fun sum next -> sum.add next)
// </snippet>

[<Test>]
let ``Experts in a layer`` () =
    // <snippet Experts in a layer>
    let model = Sequential(Input 4, Experts(3, 8, factor_constraint = NonNeg()), Dense(2, activation = "softmax"))
    printfn $"{model.CountParams()}"
    // </snippet>
    Assert.That(model.CountParams(), Is.EqualTo(3L * 40L + 8L + 18L))
    let experts = model.Clone().Layers[0] :?> Experts
    Assert.That(experts.FactorConstraint.Value, Is.TypeOf<NonNeg>())
    Assert.That(experts.Sublayers.Count, Is.EqualTo 3)
