"""What changes around claims: figures, registers, settings, and the settlement that follows."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from applications.lifecycle import claim_token
from applications.models import CityRate, Claim, EnterpriseYear, Platform, TradeFigures, YearSettings
from applications.official_changes import official_save
from applications.settlement.mark import years_mark
from tests.applications.life.means import Means, everything
from tests.factories import NOW

imports = st.sampled_from(["0", "90000000", "150000000", "300000000", "2000000000"])


class Surroundings(Means):
    """Official data and settings change at any time, whatever has been decided on them."""

    @rule(value=imports)
    def figures_change(self, value):
        row = TradeFigures.objects.get(credit_code=self.world.firms["a"].credit_code, year=2025)
        row.import_cny = Decimal(value)
        official_save(row, actor=self.world.people["commerce1"], at=self.at)

    @rule(level=st.sampled_from(["provincial", "national"]), firm=st.sampled_from("ab"), struck=st.booleans())
    def the_platform_changes(self, level, firm, struck):
        row = Platform.objects.get(pk=self.world.platform.pk)
        row.level, row.operator_code = level, self.world.firms[firm].credit_code
        row.struck_reason = "示例原因" if struck and firm == "b" else ""
        official_save(row, actor=self.world.people["commerce1"], at=self.at)

    @rule(rate=st.sampled_from(["0.5", "0.3", "0.7"]), percent=st.sampled_from([0, 100]))
    def settings_change(self, rate, percent):
        version = CityRate.objects.count() + 1
        row = CityRate(
            city="2301", year=2025, item="5.5", version=version, rate=Decimal(rate), published_at=NOW
        )
        official_save(row, actor=self.world.people["commerce1"], at=self.at)
        version = YearSettings.objects.filter(year=2025).count() + 1
        row = YearSettings(year=2025, version=version, second_check_percent=percent, published_at=NOW)
        official_save(row, actor=self.world.people["commerce1"], at=self.at)

    @rule()
    def years_are_settled(self):
        self.quiet()

    @rule()
    def everything_is_settled_again_and_nothing_changes(self):
        """Whatever can change an amount has marked its year, and settling twice does what settling once does."""
        self.quiet()
        before, tokens = everything(), {claim.pk: claim_token(claim) for claim in Claim.objects.all()}
        years_mark(EnterpriseYear.objects.all())
        self.quiet()
        assert everything() == before
        assert {claim.pk: claim_token(claim) for claim in Claim.objects.all()} == tokens
